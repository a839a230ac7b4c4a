import { createServer as createHttpServer, type Server, type ServerOptions } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { FastifyServerFactory } from 'fastify';
import { answerClientError } from './client-error.ts';
import { askWhenRead } from './expect-continue.ts';
import type { TlsPair } from './tls.ts';

interface Options {
  readonly headerBytesMax: number;
  readonly headersMax: number;
  readonly headersMsMax: number;
  readonly requestMsMax: number;
  readonly connectionsMax: number;
  readonly tls: TlsPair | undefined;
}

/** Connections beyond the limit that are still told so; more are closed without a word. */
const refusedConnectionsMax = 64;
const handshakeMsMax = 10_000;

/**
 * Makes the sockets' side of the server: what bounds a request before there is one. On `localhost` Fastify asks for two
 * servers, one for each version of IP, and would give these bounds only to the first.
 */
export function createListeners({ tls, connectionsMax, headersMax, ...limits }: Options) {
  const headersTimeout = Math.min(limits.headersMsMax, limits.requestMsMax);
  const options: ServerOptions = {
    maxHeaderSize: limits.headerBytesMax,
    headersTimeout,
    requestTimeout: limits.requestMsMax,
    // Node looks for slow requests this often, so that none lives much longer than it may
    connectionsCheckingInterval: Math.min(5000, Math.ceil(headersTimeout / 4)),
    keepAliveTimeout: 72_000,
  };
  let open = 0;
  const refused = new WeakSet<object>();

  const serverFactory: FastifyServerFactory = (handler) => {
    const server: Server = tls
      ? createHttpsServer({ ...options, ...tls, handshakeTimeout: handshakeMsMax }, handler)
      : createHttpServer(options, handler);
    // Node drops headers beyond this without a word: one more than allowed, so that they are seen and refused
    server.maxHeadersCount = headersMax + 1;
    server.maxConnections = connectionsMax + refusedConnectionsMax;
    // or a cluster would offer the connection to its processes in turn for ever; not declared in @types/node yet
    Object.assign(server, { dropMaxConnection: true });
    server.on(tls ? 'secureConnection' : 'connection', count);
    server.on('clientError', answerClientError);
    askWhenRead(server, handler);
    return server;
  };

  return {
    serverFactory,
    /** Whether a connection is one too many: its request is to be refused, and the connection closed. */
    isRefused: (socket: object): boolean => open > connectionsMax && refused.has(socket),
  };

  function count(socket: Socket): void {
    open++;
    if (open > connectionsMax) refused.add(socket);
    socket.once('close', () => {
      open--;
    });
  }
}

import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** Connections that another process accepts, for this one to serve. */
export interface HandedConnections {
  /** Where that process listens. */
  url(): string;
  /** Each goes to `take` from now on. */
  start(take: (connection: Socket) => void): void;
}

/**
 * Serves connections that another process accepts, on a server that does not listen itself. Closing it waits for them, as
 * it would for its own.
 * @see Node.js, http.Server, Event: 'connection', "can also be explicitly emitted by users to inject connections"
 */
export async function serveHanded(server: FastifyInstance, handed: HandedConnections): Promise<void> {
  const http = server.server;
  const open = new Set<Socket>();
  server.addHook('onClose', async () => {
    // those without a request end now; those with one once they are answered
    http.close();
    await Promise.all([...open].map(whenClosed));
  });
  await server.ready();
  // from then on Node looks for requests that take too long
  http.emit('listening');
  handed.start((connection) => {
    if (open.size >= http.maxConnections) {
      connection.destroy();
      return;
    }
    open.add(connection);
    connection.once('close', () => open.delete(connection));
    // who has sent all of a request and says so still waits for the answer, as with connections of Node's own servers
    connection.allowHalfOpen = true;
    http.emit('connection', connection);
  });
}

function whenClosed(connection: Socket): Promise<void> {
  return new Promise((resolve) => {
    connection.once('close', () => resolve());
  });
}

import { createServer, type ListenOptions, type Server, type Socket } from 'node:net';
import {
  createSessionTurns,
  type SessionClient,
  type SessionTurns,
  type SharedSession,
} from './session-turns.ts';
import { createWireExchangeReader, type WireExchange } from './wire-exchange-reader.ts';

export interface WireServerOptions {
  session: SharedSession;
  /** A Unix socket, or a loopback port. */
  listen: Pick<ListenOptions, 'path' | 'host' | 'port'>;
  /**
   * Name of the database a client must ask for: the secret that keeps other users of the machine off a
   * loopback port.
   */
  databaseName: string;
  connectionsMax: number;
  onBroken: (error: unknown) => void;
}

export interface WireServer {
  /** The port it listens on; null on a Unix socket. */
  readonly port: number | null;
  /** Ends every connection, rolls back what is open, and resolves when nothing runs. */
  close(): Promise<void>;
}

const holdIdleMsMax = 60_000;

/**
 * Speaks the PostgreSQL protocol for an embedded database, so that ordinary drivers and pools can use it.
 *
 * One session serves all connections: each statement or transaction is isolated from the others, but
 * settings, temporary tables, named statements and session-level advisory locks are shared. Cancelling a
 * query is not possible.
 */
export async function startWireServer(options: WireServerOptions): Promise<WireServer> {
  const turns = createSessionTurns({ session: options.session, holdIdleMsMax, onBroken: options.onBroken });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    serveConnection({
      socket,
      turns,
      databaseName: options.databaseName,
      isFull: sockets.size > options.connectionsMax,
    });
  });
  await listen(server, options.listen);

  const address = server.address();
  return {
    port: address !== null && typeof address === 'object' ? address.port : null,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
      await turns.settled();
    },
  };
}

interface Connection {
  socket: Socket;
  turns: SessionTurns;
  databaseName: string;
  isFull: boolean;
}

function serveConnection({ socket, turns, databaseName, isFull }: Connection): void {
  const reader = createWireExchangeReader();
  const client: SessionClient = {
    answer: (bytes) => {
      if (socket.writable) socket.write(bytes);
    },
    onHeldTooLong: () => refuse(socket, '25P03', 'a transaction was left open and idle for too long'),
  };
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy()); // a client that vanished; 'close' follows
  socket.once('close', () => turns.leave(client));
  socket.on('data', (chunk: Buffer) => {
    if (socket.writableEnded) return; // refused
    try {
      for (const exchange of reader.push(chunk)) handle(exchange);
    } catch (error) {
      refuse(socket, '08P01', error instanceof Error ? error.message : String(error));
    }
  });

  function handle({ kind, bytes, isOpen }: WireExchange): void {
    const refusal = kind === 'startup' ? findRefusal(bytes) : null;
    if (refusal) refuse(socket, ...refusal);
    else if (kind === 'encryption')
      socket.write('N'); // "not offered": the client goes on without
    else if (kind === 'terminate' || kind === 'cancel') socket.end();
    else turns.take({ client, bytes, isOpen });
  }

  function findRefusal(startup: Uint8Array): [code: string, message: string] | null {
    if (isFull) return ['53300', 'too many connections to the embedded database'];
    return asksForDatabase(startup, databaseName) ? null : ['3D000', 'there is no such database'];
  }
}

/** A startup message holds name and value pairs, each ended by a zero byte. */
function asksForDatabase(startup: Uint8Array, name: string): boolean {
  return Buffer.from(startup).includes(`\0database\0${name}\0`, 0, 'utf8');
}

/** Answers a FATAL error, as a PostgreSQL server does before it hangs up. */
function refuse(socket: Socket, code: string, message: string): void {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`, 'utf8');
  const header = Buffer.alloc(5);
  header.write('E', 0, 'latin1');
  header.writeUInt32BE(4 + fields.length, 1);
  socket.end(Buffer.concat([header, fields]), () => socket.destroy());
}

function listen(server: Server, where: WireServerOptions['listen']): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(where, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}

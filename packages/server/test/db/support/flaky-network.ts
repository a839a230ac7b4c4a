import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';

/** A way to a server, or to an embedded database, that can be taken away and given back. */
export interface FlakyNetwork {
  /** The connection string, through here. */
  readonly url: string;
  cut(): Promise<void>;
  restore(): Promise<void>;
  /** From now on connections stay open, and nothing arrives. */
  hang(): void;
}

/** Puts a relay between the caller and the server that `url` names. Starts cut. */
export async function createFlakyNetwork(url: string): Promise<FlakyNetwork> {
  const target = new URL(url);
  const socketFolder = target.searchParams.get('host');
  const sockets = new Set<Socket>();
  let isHanging = false;
  const server = createServer((near) => {
    const far = socketFolder
      ? connect(join(socketFolder, '.s.PGSQL.5432'))
      : connect(Number(target.port || 5432), target.hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
      if (!isHanging) from.pipe(to);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // a TCP server has an address with a port
  const { port } = server.address() as AddressInfo;
  const relayed = new URL(url);
  relayed.host = `127.0.0.1:${port}`;
  relayed.searchParams.delete('host');

  const network = { url: relayed.href, cut, restore, hang };
  await network.cut();
  return network;

  async function cut(): Promise<void> {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    await closed;
  }

  async function restore(): Promise<void> {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  }
  function hang(): void {
    isHanging = true;
    for (const socket of sockets) socket.unpipe();
  }
}

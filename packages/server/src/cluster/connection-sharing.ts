import { lookup } from 'node:dns/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { takeLeastLoaded } from './least-loaded.ts';

/** A process that serves connections. */
export interface ConnectionTaker {
  /** Hands a connection over; this process has nothing to do with it afterwards. */
  give(connection: Socket): void;
}

/** What is known of a process that serves connections. */
interface Share {
  readonly taker: ConnectionTaker;
  /** Connections that it was given, without those that ended a while ago. */
  open: number;
  /** Each connection that it was given and has not reported as taken yet, the oldest first. */
  readonly given: Socket[];
  /** When it was given each of them, in milliseconds. */
  readonly givenAtMs: number[];
}

interface Options {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
}

/**
 * What ended counts for this much longer: a caller who closes many connections and opens as many at once would otherwise
 * have all the new ones with the process that is quicker to say which of the old ones ended.
 */
const endedCountsMs = 1000;
/** Connections that wait while no process is there to serve them; more are closed. */
const waitingMax = 1024;

/**
 * Listens for other processes, and gives each connection to the one that has fewest. Node's own cluster gives it to the
 * one that is quickest to take it, and where models keep the processor busy, one of two got three quarters of those that
 * came together: for as long as they lived it refused work while the other had nothing to do.
 */
export function createConnectionSharing({ host, port }: Options) {
  const shares = new Set<Share>();
  const waiting = new Set<Socket>();
  const servers: Server[] = [];
  let isClosed = false;

  return { listen, add, close };

  /**
   * @returns the port
   * @throws Error when the address cannot be had
   */
  async function listen(): Promise<number> {
    const [first = host, ...others] = await addressesOf(host);
    const listening = await listenAt(first, port);
    servers.push(listening.server);
    for (const other of others) {
      // localhost is two addresses on most machines, and the second is not always to be had
      const more = await listenAt(other, listening.port).catch(() => null);
      if (more) servers.push(more.server);
    }
    return listening.port;
  }

  /** Gives connections to this process too, until it is removed. */
  function add(taker: ConnectionTaker) {
    const share: Share = { taker, open: 0, given: [], givenAtMs: [] };
    shares.add(share);
    for (const connection of waiting) {
      waiting.delete(connection);
      distribute(connection);
    }
    return {
      /** It says how many it has taken, and how many have ended, since it said so last. */
      report({ taken, ended }: { taken: number; ended: number }): void {
        share.given.splice(0, taken);
        share.givenAtMs.splice(0, taken);
        setTimeout(() => {
          share.open -= ended;
        }, endedCountsMs).unref();
      },
      remove: () => remove(share),
    };
  }

  /**
   * Node sends one connection at a time, and keeps for good those that wait when the process ends: others get them. One that
   * was sent, whether it has arrived or not, is no connection here any more, and giving it away gives nothing.
   */
  function remove(share: Share): void {
    shares.delete(share);
    for (const connection of share.given.splice(0)) distribute(connection);
  }

  function distribute(connection: Socket): void {
    const share = takeLeastLoaded(shares, performance.now());
    if (share) {
      share.open++;
      share.given.push(connection);
      share.givenAtMs.push(performance.now());
      share.taker.give(connection);
    } else {
      keepWaiting(connection);
    }
  }

  function keepWaiting(connection: Socket): void {
    if (isClosed || waiting.size >= waitingMax) {
      connection.destroy();
      return;
    }
    waiting.add(connection);
    connection.once('close', () => waiting.delete(connection));
  }

  /** Takes no new connections; those that were given go on. */
  function close(): void {
    isClosed = true;
    for (const server of servers) server.close();
    for (const connection of waiting) connection.destroy();
  }

  function listenAt(address: string, wanted: number): Promise<{ server: Server; port: number }> {
    // what is sent is read by whoever gets the connection; an answer is not to wait for more of it, as in Node's own servers
    const server = createServer(
      { pauseOnConnect: true, noDelay: true, allowHalfOpen: true },
      (connection) => {
        // one that breaks before it is given away concerns nobody
        connection.on('error', () => undefined);
        distribute(connection);
      },
    );
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: address, port: wanted }, () => {
        server.off('error', reject);
        // such as no more file descriptors: the connection is lost, the server goes on
        server.on('error', () => undefined);
        const bound = server.address();
        resolve({ server, port: typeof bound === 'object' && bound ? bound.port : wanted });
      });
    });
  }
}

/** `localhost` is what the machine says that it is: one address for each version of IP, most often. */
async function addressesOf(host: string): Promise<string[]> {
  if (host !== 'localhost') return [host];
  const found = await lookup(host, { all: true });
  return [...new Set(found.map(({ address }) => address))];
}

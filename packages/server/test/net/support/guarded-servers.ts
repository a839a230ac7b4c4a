import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'vitest';
import { createGuardedFetch, type GuardedAnswer } from '../../../src/net/guarded-fetch.ts';

export const limits = { timeoutMs: 10_000, redirectsMax: 3, bytesMax: 100_000 };

/** Servers of a test, to be closed after it. */
export function createServers() {
  const servers: Server[] = [];

  return {
    /** @returns the port */
    async serve(listener: RequestListener, host = '127.0.0.1', port = 0): Promise<number> {
      const server = createServer(listener).listen(port, host);
      servers.push(server);
      await once(server, 'listening');
      return (server.address() as AddressInfo).port;
    },

    close(): void {
      for (const server of servers.splice(0)) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}

/**
 * To which 127.0.0.1 is the internet, and everything else the inside.
 *
 * @param resolved - what each look-up of a name answers, the last one again and again; addresses with blanks between them
 */
export function createFetch(resolved: Readonly<Record<string, readonly string[]>>, port: number) {
  const lookups: string[] = [];
  const guardedFetch = createGuardedFetch({
    ...limits,
    isPrivateAllowed: false,
    ports: [port],
    isPublic: (address) => address === '127.0.0.1',
    async resolve(host) {
      lookups.push(host);
      const answers = resolved[host];
      if (!answers) throw new Error(`getaddrinfo ENOTFOUND ${host}`);
      const times = lookups.filter((other) => other === host).length;
      const addresses = answers[Math.min(times, answers.length) - 1] ?? '';
      return addresses.split(' ').map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    },
  });
  return { guardedFetch, lookups };
}

export async function textOf({ body }: GuardedAnswer): Promise<string> {
  return Buffer.concat(await body.toArray()).toString();
}

export const refused = (reason: string | RegExp) => ({
  code: 'URL_REFUSED',
  message: typeof reason === 'string' ? `The URL cannot be used: ${reason}.` : expect.stringMatching(reason),
});
export const noPublicAddress = refused('its host has no public address');

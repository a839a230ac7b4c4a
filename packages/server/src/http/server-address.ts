import { once } from 'node:events';
import { createServer, isIPv6 } from 'node:net';
import type { Config } from '../config.ts';

/** What its listeners speak. */
export function schemeOf({ tls }: Pick<Config, 'tls'>): 'http' | 'https' {
  return tls.certFile === undefined ? 'http' : 'https';
}

/** Where a person on this machine finds a server that listens on this port. */
export function toServerUrl(config: Pick<Config, 'host' | 'tls'>, port: number): string {
  return `${schemeOf(config)}://${toUrlHost(config.host)}:${port}`;
}

/**
 * Listens at an address for a moment. For whoever is about to start a server, which takes long before it listens: it may
 * still be taken until then.
 *
 * @throws Error when the address cannot be had
 */
export async function checkAddress({ host, port }: Pick<Config, 'host' | 'port'>): Promise<void> {
  // nobody is served yet: who calls in this moment is to call again
  const server = createServer((connection) => connection.destroy());
  try {
    await once(server.listen({ host, port }), 'listening');
  } catch (error) {
    throw toListenError(error, port);
  }
  await server[Symbol.asyncDispose]();
}

/** What to tell whoever started a server that cannot have its port. */
export function toListenError(error: unknown, port: number): unknown {
  const isInUse = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  if (!isInUse) return error;
  return new Error(`Port ${port} is in use by another program. Stop it, or choose another port: PORT=3001`, {
    cause: error,
  });
}

function toUrlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return isIPv6(host) ? `[${host}]` : host;
}

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
export async function checkAddress({ host, port }: Address): Promise<void> {
  // nobody is served yet: who calls in this moment is to call again
  const server = createServer((connection) => connection.destroy());
  try {
    await once(server.listen({ host, port }), 'listening');
  } catch (error) {
    throw toListenError(error, { host, port });
  }
  await server[Symbol.asyncDispose]();
}

type Address = Pick<Config, 'host' | 'port'>;

const hintOf: Readonly<Record<string, (address: Address) => string>> = {
  EADDRINUSE: ({ port }) =>
    `Port ${port} is in use by another program. Stop it, or choose another port: PORT=3001`,
  EACCES: ({ port }) =>
    `Port ${port} is for programs with more rights, as those below 1024 often are. Choose another port: PORT=3001`,
  EADDRNOTAVAIL: noSuchHost,
  ENOTFOUND: noSuchHost,
  EAI_AGAIN: noSuchHost,
};

function noSuchHost({ host }: Address): string {
  return `"${host}" is no address of this machine. Choose another: HOST=localhost, or HOST=0.0.0.0 for all that it has`;
}

/** What to tell whoever started a server that cannot have its address, and which setting would let it. */
export function toListenError(error: unknown, address: Address): unknown {
  if (!(error instanceof Error && 'code' in error && isOfListening(error, address))) return error;
  const hint = hintOf[String(error.code)];
  return hint ? new Error(hint(address), { cause: error }) : error;
}

/** Not of another server, such as a database, that cannot be reached. */
function isOfListening(error: Error, { host }: Address): boolean {
  return (
    ('syscall' in error && error.syscall === 'listen') || ('hostname' in error && error.hostname === host)
  );
}

function toUrlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return isIPv6(host) ? `[${host}]` : host;
}

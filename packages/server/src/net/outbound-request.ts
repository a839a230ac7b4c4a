import { promises as dns, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, type Dispatcher } from 'undici';
import { hostOf, notPublic } from './outbound-url.ts';

export interface OutboundRequest {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export type Resolve = (host: string) => Promise<readonly LookupAddress[]>;

export const resolveHost: Resolve = (host) => dns.lookup(host, { all: true });

interface Way {
  readonly resolve: Resolve;
  readonly isAllowed: (address: string) => boolean;
  /** Longest silence. */
  readonly idleMs: number;
  readonly signal: AbortSignal;
}

/** One exchange over a connection of its own. */
export interface Exchange {
  readonly response: Dispatcher.ResponseData;
  close(): void;
}

/**
 * Asks one URL, without following redirects. Its host is looked up once, and the connection goes to what was checked: a
 * name that answers another address the next time it is asked gains nothing.
 *
 * @throws AppError URL_REFUSED; what the network throws; the reason of the signal
 */
export async function exchange(
  url: URL,
  request: OutboundRequest,
  { resolve, isAllowed, idleMs, signal }: Way,
): Promise<Exchange> {
  const addresses = await withSignal(resolveAllowed(url, { resolve, isAllowed }), signal);
  const agent = new Agent({
    connect: { lookup: alwaysTo(addresses), timeout: idleMs },
    headersTimeout: idleMs,
    bodyTimeout: idleMs,
    maxHeaderSize: 16_384,
  });
  const close = () => void agent.destroy().catch(() => {});
  try {
    const response = await agent.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: request.method ?? 'GET',
      // compressed bytes could grow without bounds once they are unpacked
      headers: { 'user-agent': 'oriel', 'accept-encoding': 'identity', ...request.headers },
      body: request.body ?? null,
      signal,
    });
    // a body that nobody reads has nobody to tell that its connection is gone
    response.body.on('error', () => {});
    return { response, close };
  } catch (error) {
    close();
    throw error;
  }
}

/** A host is refused when one of its addresses is: what a connection takes is not ours to choose. */
async function resolveAllowed(
  url: URL,
  { resolve, isAllowed }: Pick<Way, 'resolve' | 'isAllowed'>,
): Promise<readonly LookupAddress[]> {
  const host = hostOf(url);
  const family = isIP(host);
  const addresses = family === 0 ? await resolve(host).catch(throwNotPublic) : [{ address: host, family }];
  if (addresses.length === 0 || !addresses.every(({ address }) => isAllowed(address))) throw notPublic();
  return addresses;
}

function throwNotPublic(cause: unknown): never {
  throw notPublic(cause);
}

function alwaysTo(addresses: readonly LookupAddress[]): LookupFunction {
  return (_host, { all }, callback) => {
    const [first] = addresses;
    if (all || !first) callback(null, [...addresses]);
    else callback(null, first.address, first.family);
  };
}

/** A look-up cannot be stopped, but left. */
function withSignal<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

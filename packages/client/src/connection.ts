import { type Authorize, type ClientAuth, createAuthorize } from './auth/authorize.ts';

export interface ClientOptions {
  /** Where the server is, e.g. `http://localhost:3000`. */
  readonly url: string | URL;
  /**
   * Who calls: `{ apiKey }`, `{ clientId, clientSecret, scopes? }` for a service client, whose access tokens are
   * fetched and renewed unseen, or `'session'` for the cookie of the person who is signed in. Nobody without it.
   */
  readonly auth?: ClientAuth;
  /**
   * Longest a call may take, in milliseconds. The server is told, so that it does not compute for nobody. Uploads,
   * downloads and streams take the time that they need. 30,000 without it; at most 999,999,999.
   */
  readonly timeoutMs?: number;
  /** Sent with every request. */
  readonly headers?:
    | Record<string, string>
    | (() => Record<string, string> | Promise<Record<string, string>>);
  /** Another `fetch`, e.g. one that retries. */
  readonly fetch?: typeof fetch;
}

/** How requests reach one server: where it is, who calls, and what is sent with each. */
export interface Connection {
  /** Where the server is, without a slash at the end. */
  readonly url: string;
  readonly timeoutMs: number;
  /** The caller's own headers, which may change from request to request. */
  headers(): Promise<Record<string, string>>;
  /** Says who calls. */
  readonly fetch: typeof fetch;
  /** For requests that need another transport. */
  readonly authorize: Authorize;
}

const timeoutMsDefault = 30_000;
/** The server reads no longer deadline. */
const timeoutMsMax = 999_999_999;

/** @throws TypeError when the address or the credentials cannot be ones, RangeError when the timeout cannot be one */
export function createConnection({
  url,
  auth,
  timeoutMs = timeoutMsDefault,
  headers,
  // looked up at each call, so that whoever replaces the global one later is obeyed
  fetch = (input, init) => globalThis.fetch(input, init),
}: ClientOptions): Connection {
  if (!Number.isInteger(timeoutMs) || timeoutMs < 1 || timeoutMs > timeoutMsMax)
    throw new RangeError(`timeoutMs must be a whole number from 1 to ${timeoutMsMax}; it is ${timeoutMs}.`);
  const base = toBase(url);
  const authorize = createAuthorize(auth, { url: base, fetch, timeoutMs });
  return {
    url: base,
    timeoutMs,
    headers: async () => (typeof headers === 'function' ? headers() : { ...headers }),
    fetch: authorize(fetch),
    authorize,
  };
}

/** What is wrong is said when the client is made: a call would say no more than that it failed. */
function toBase(url: unknown): string {
  const address = url instanceof URL ? url.href : url;
  if (typeof address !== 'string' || !isAddress(address))
    throw new TypeError(`url must be an address such as http://localhost:3000; it is "${address}".`);
  // `fetch` refuses them with a message that holds them
  if (hasCredentials(address))
    throw new TypeError('url must have no name and password in it: auth says who calls.');
  return address.replace(/\/+$/, '');
}

function isAddress(text: string): boolean {
  return URL.canParse(text) ? /^https?:\/\/[^?#\s]*$/i.test(text) : hasPage();
}

function hasCredentials(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { username, password } = new URL(address);
  return username !== '' || password !== '';
}

/** In a page, an address may be relative to it. */
function hasPage(): boolean {
  return 'location' in globalThis;
}

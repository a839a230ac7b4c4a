import { wireFormat } from '@oriel/schemas';
import type { AppRouter } from '@oriel/server';
import {
  createTRPCClient,
  httpBatchLink,
  httpLink,
  httpSubscriptionLink,
  isNonJsonSerializable,
  splitLink,
  type TRPCClient,
  type TRPCLink,
} from '@trpc/client';
import { type ClientAuth, createAuthorizedFetch } from './auth.ts';
import { timeoutLink } from './timeout-link.ts';

export interface ClientOptions {
  /** Where the server is, e.g. `http://localhost:3000`. */
  readonly url: string;
  /**
   * Who calls: `{ apiKey }`, `{ clientId, clientSecret, scopes? }` for a service client, whose access tokens are
   * fetched and renewed unseen, or `'session'` for the cookie of the person who is signed in. Nobody without it.
   */
  readonly auth?: ClientAuth;
  /** Longest a call may take, in milliseconds. The server is told, so that it does not compute for nobody. */
  readonly timeoutMs?: number;
  /** Sent with every request. */
  readonly headers?:
    | Record<string, string>
    | (() => Record<string, string> | Promise<Record<string, string>>);
  /** Another `fetch`, e.g. one that retries. */
  readonly fetch?: typeof fetch;
}

/** The typed client: `client.models.<id>.predict.mutate(input)` knows each model's input and output. */
export type OrielClient = TRPCClient<AppRouter>;

const timeoutMsDefault = 30_000;
/** Longer URLs are cut by some proxies; a batch that would need one is split. */
const urlLengthMax = 2000;
const callsPerBatchMax = 50;

/**
 * Makes a client. Calls of one tick share one HTTP request; files and forms go alone, as bytes.
 *
 * @example
 * const client = createClient({ url: 'http://localhost:3000' });
 * const { output } = await client.models.penguins.predict.mutate({ island: 'Biscoe', bodyMassG: 5950 });
 * output.species; // 'Adelie' | 'Chinstrap' | 'Gentoo'
 */
export function createClient(options: ClientOptions): OrielClient {
  return createTRPCClient<AppRouter>({ links: createLinks(options) });
}

/**
 * The links of {@link createClient}, for those who put a client together themselves, e.g. with React.
 *
 * @throws TypeError when the credentials cannot be ones
 */
export function createLinks({
  url,
  auth,
  timeoutMs = timeoutMsDefault,
  headers,
  // looked up at each call, so that whoever replaces the global one later is obeyed
  fetch = (input, init) => globalThis.fetch(input, init),
}: ClientOptions): TRPCLink<AppRouter>[] {
  const base = url.replace(/\/$/, '');
  const authorized = createAuthorizedFetch(auth, { url: base, fetch, timeoutMs });
  const common = {
    url: `${base}/trpc`,
    transformer: wireFormat,
    headers: async () => ({
      'oriel-deadline-ms': String(timeoutMs),
      ...(typeof headers === 'function' ? await headers() : headers),
    }),
    fetch: authorized,
  };
  return [
    timeoutLink(timeoutMs),
    splitLink({
      condition: (op) => op.type === 'subscription',
      true: httpSubscriptionLink({ url: common.url, transformer: wireFormat }),
      false: splitLink({
        condition: (op) => isNonJsonSerializable(op.input),
        true: httpLink(common),
        false: httpBatchLink({ ...common, maxURLLength: urlLengthMax, maxItems: callsPerBatchMax }),
      }),
    }),
  ];
}

import { wireFormat } from '@oriel/schemas';
import type { AppRouter } from '@oriel/server';
import {
  createTRPCClient,
  httpBatchLink,
  httpLink,
  httpSubscriptionLink,
  isNonJsonSerializable,
  splitLink,
  type TRPCLink,
} from '@trpc/client';
import { EventSource } from 'eventsource';
import { type ClientOptions, type Connection, createConnection } from './connection.ts';
import { type OrielClient, withHelpers } from './oriel-client.ts';
import { slicesTransport } from './predict-stream/slices-transport.ts';
import { refuseOthers } from './rest.ts';
import { timeoutLink } from './timeout-link.ts';

/** Longer URLs are cut by some proxies; a batch that would need one is split. */
const urlLengthMax = 2000;
const callsPerBatchMax = 50;

/**
 * Makes a client. Calls of one tick share one HTTP request; files and forms go alone, as bytes.
 *
 * @throws TypeError when the address or the credentials cannot be ones, RangeError when the timeout cannot be one
 * @example
 * const client = createClient({ url: 'http://localhost:3000' });
 * const { output } = await client.models.penguins.predict.mutate({ island: 'Biscoe', bodyMassG: 5950 });
 * output.species; // 'Adelie' | 'Chinstrap' | 'Gentoo'
 */
export function createClient(options: ClientOptions): OrielClient {
  const connection = createConnection(options);
  return withHelpers(createTrpcClient(connection), connection, slicesTransport);
}

/** The procedures alone, without the helpers beside them. */
export function createTrpcClient(connection: Connection) {
  return createTRPCClient<AppRouter>({ links: linksOf(connection) });
}

/**
 * The links of {@link createClient}, for those who put a client together themselves, e.g. with React.
 *
 * @throws TypeError when the address or the credentials cannot be ones, RangeError when the timeout cannot be one
 */
export function createLinks(options: ClientOptions): TRPCLink<AppRouter>[] {
  return linksOf(createConnection(options));
}

function linksOf(connection: Connection): TRPCLink<AppRouter>[] {
  const { timeoutMs } = connection;
  const common = {
    url: `${connection.url}/trpc`,
    transformer: wireFormat,
    headers: async () => ({
      'oriel-deadline-ms': String(timeoutMs),
      ...(await connection.headers()),
    }),
    fetch: refuseOthers(connection.fetch),
  };
  return [
    timeoutLink(timeoutMs),
    splitLink({
      condition: (op) => op.type === 'subscription',
      true: httpSubscriptionLink({
        url: common.url,
        transformer: wireFormat,
        // browsers' own and Node.js: the one sends no headers, the other has none
        EventSource,
        eventSourceOptions: {
          fetch: async (url, init) =>
            connection.fetch(url, { ...init, headers: { ...(await connection.headers()), ...init.headers } }),
        },
      }),
      false: splitLink({
        // what waits long must not hold up the calls of its tick
        condition: (op) => isNonJsonSerializable(op.input) || op.context['alone'] === true,
        true: httpLink(common),
        false: httpBatchLink({ ...common, maxURLLength: urlLengthMax, maxItems: callsPerBatchMax }),
      }),
    }),
  ];
}

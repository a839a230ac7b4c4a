import { problemSchema } from '@oriel/schemas';
import type { Connection } from './connection.ts';
import { ProblemError } from './problem-error.ts';

interface RestRequest extends Omit<RequestInit, 'headers' | 'signal'> {
  readonly headers?: Record<string, string>;
  readonly signal?: AbortSignal | undefined;
  /** In place of `fetch`. */
  readonly transport?: typeof fetch | undefined;
  /** Of streams that are sent; not in the DOM's types. */
  readonly duplex?: 'half';
}

/**
 * Calls the REST API, for what travels as a stream.
 *
 * @param path - e.g. `/api/v1/datasets/upload?name=penguins`
 * @throws ProblemError when the server refuses
 */
export async function callRest(
  connection: Connection,
  path: string,
  { transport, signal, headers, ...init }: RestRequest = {},
): Promise<Response> {
  const send = transport ? connection.authorize(transport) : connection.fetch;
  const response = await send(`${connection.url}${path}`, {
    ...init,
    headers: { ...(await connection.headers()), ...headers },
    signal: signal ?? null,
  });
  if (!response.ok) throw await toProblemError(response);
  return response;
}

/** A query string, `?` included, of the values that are not undefined; empty when there are none. */
export function toQuery(values: Readonly<Record<string, string | number | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) query.append(name, String(value));
  }
  return query.size > 0 ? `?${query}` : '';
}

async function toProblemError(response: Response): Promise<ProblemError> {
  const body: unknown = await response.json().catch(() => null);
  const problem = problemSchema.safeParse(body).data ?? null;
  const { status, headers } = response;
  return new ProblemError({ status, problem, retryAfterS: toSeconds(headers.get('retry-after')) });
}

function toSeconds(retryAfter: string | null): number | null {
  return retryAfter !== null && /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) : null;
}

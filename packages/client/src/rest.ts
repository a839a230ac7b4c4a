import { problemSchema } from '@oriel/schemas';
import type { Connection } from './connection.ts';
import { ProblemError } from './problem-error.ts';

interface RestRequest extends Omit<RequestInit, 'headers' | 'signal'> {
  readonly headers?: Record<string, string>;
  readonly signal?: AbortSignal | undefined;
  /** What may come: another type is a page of a proxy, or another server's, whatever its status. */
  readonly mediaTypes: readonly string[];
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
  { mediaTypes, transport, signal, headers, ...init }: RestRequest,
): Promise<Response> {
  const send = transport ? connection.authorize(transport) : connection.fetch;
  const response = await send(`${connection.url}${path}`, {
    ...init,
    headers: { ...(await connection.headers()), ...headers },
    signal: signal ?? null,
  });
  if (!response.ok) throw await toProblemError(response);
  if (isOneOf(mediaTypes, response)) return response;
  await response.body?.cancel();
  throw new ProblemError({ status: response.status, problem: null });
}

interface Schema<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false; error: Error };
}

/**
 * An answer of JSON.
 *
 * @throws ProblemError when it is another server's; TypeError when the connection broke in the middle of it
 */
export async function readJson<T>(response: Response, schema: Schema<T>): Promise<T> {
  const body: unknown = await response.json().catch((error: unknown) => {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  });
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new ProblemError({ status: response.status, problem: null, cause: parsed.error });
}

/**
 * A `fetch` for the calls of tRPC, which reads whatever comes as JSON: what is none is said to be of another server, or
 * is the problem that one of ours tells of where it has no tRPC.
 */
export function refuseOthers(send: typeof fetch): typeof fetch {
  return async (input, init) => {
    const response = await send(input, init);
    if (isOneOf(['application/json'], response)) return response;
    throw await toProblemError(response);
  };
}

/** What does not say what it is may be anything. */
function isOneOf(mediaTypes: readonly string[], { headers }: Response): boolean {
  const [type = ''] = (headers.get('content-type') ?? '').split(';', 1);
  return type === '' || mediaTypes.includes(type.trim().toLowerCase());
}

/**
 * So many characters of a URL are taken by every server and every proxy before one; Oriel itself takes 8,192, as long as
 * nobody sets another limit.
 */
const urlCharsMax = 2000;

/** Whether a path and its query fit into a URL. What does not belongs in a body. */
export function fitsInUrl(path: string): boolean {
  return path.length <= urlCharsMax;
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

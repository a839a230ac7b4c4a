import { Readable } from 'node:stream';
import { errors } from 'undici';
import { AppError } from '../errors.ts';
import {
  type Exchange,
  exchange,
  type OutboundRequest,
  type Resolve,
  resolveHost,
} from './outbound-request.ts';
import { createUrlReader, type UrlRules, urlRefused } from './outbound-url.ts';
import { isPublicAddress } from './public-address.ts';

interface Guard extends UrlRules {
  /** Most time for everything, the last byte of the body included. */
  readonly timeoutMs: number;
  /** Longest silence; default 10 s. */
  readonly idleMs?: number;
  /** Followed for GET and HEAD only; a redirect of anything else is an answer. */
  readonly redirectsMax: number;
  /** Most bytes of an answer's body. */
  readonly bytesMax: number;
  /** Default: the system's. */
  readonly resolve?: Resolve;
}

export interface GuardedRequest extends OutboundRequest {
  readonly signal?: AbortSignal;
}

export interface GuardedAnswer {
  /** Where it came from, after redirects. */
  readonly url: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** As it was sent. Read it to its end or destroy it: its connection lives until then, or until the time is over. */
  readonly body: Readable;
}

export type GuardedFetch = (url: string, request?: GuardedRequest) => Promise<GuardedAnswer>;

interface Limits {
  readonly signal: AbortSignal | undefined;
  readonly deadline: AbortSignal;
  readonly bytesMax: number;
  readonly timeoutMs: number;
}

const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Asks URLs that callers name, and nothing that is not public: a server stands where they do not, beside databases and
 * the metadata of clouds. Every status is an answer.
 *
 * The answer and its body throw AppError URL_REFUSED when the URL may not be asked, does not answer or is too slow, and
 * BODY_TOO_LARGE; or the reason of the caller's signal.
 */
export function createGuardedFetch(guard: Guard): GuardedFetch {
  const { isPrivateAllowed, timeoutMs, idleMs = 10_000, redirectsMax, bytesMax } = guard;
  const readUrl = createUrlReader(guard);
  const isAllowed = isPrivateAllowed ? () => true : (guard.isPublic ?? isPublicAddress);

  return async (text, { signal, ...request } = {}) => {
    const deadline = AbortSignal.timeout(timeoutMs);
    const limits = { signal, deadline, bytesMax, timeoutMs };
    try {
      const first = readUrl(text);
      const { url, last } = await follow(
        first,
        request,
        AbortSignal.any([deadline, ...(signal ? [signal] : [])]),
      );
      return toAnswer(url, last, limits);
    } catch (error) {
      throw toRefusal(error, limits);
    }
  };

  async function follow(first: URL, request: OutboundRequest, signal: AbortSignal) {
    const way = { resolve: guard.resolve ?? resolveHost, isAllowed, idleMs, signal };
    const isFollowed = request.method === undefined || request.method === 'GET' || request.method === 'HEAD';
    let url = first;
    for (let redirects = 0; ; redirects++) {
      // what the caller says to one host is not said to another
      const { headers, ...rest } = request;
      const last = await exchange(
        url,
        url.origin === first.origin && headers ? { ...rest, headers } : rest,
        way,
      );
      const location = isFollowed ? locationOf(last) : undefined;
      if (location === undefined) return { url, last };
      last.close();
      if (redirects >= redirectsMax) throw urlRefused(`it redirects more than ${redirectsMax} times`);
      url = toNext(location, url);
    }
  }

  function toNext(location: string, from: URL): URL {
    const url = readUrl(location, from);
    if (from.protocol === 'https:' && url.protocol === 'http:')
      throw urlRefused('it redirects from https to http');
    return url;
  }
}

function locationOf({ response }: Exchange): string | undefined {
  const { location } = response.headers;
  return redirectStatuses.has(response.statusCode) && typeof location === 'string' ? location : undefined;
}

function toAnswer(url: URL, { response, close }: Exchange, limits: Limits): GuardedAnswer {
  const body = Readable.from(boundedChunks(response.body, limits), { objectMode: false });
  // also when nobody ever began to read
  body.once('close', close);
  if (Number(response.headers['content-length']) > limits.bytesMax) {
    body.destroy();
    throw tooLarge(limits.bytesMax);
  }
  return { url: url.href, status: response.statusCode, headers: response.headers, body };
}

async function* boundedChunks(
  body: AsyncIterable<Buffer>,
  limits: Limits,
): AsyncGenerator<Buffer, void, void> {
  let sizeBytes = 0;
  try {
    for await (const chunk of body) {
      sizeBytes += chunk.byteLength;
      if (sizeBytes > limits.bytesMax) throw tooLarge(limits.bytesMax);
      yield chunk;
    }
  } catch (error) {
    throw toRefusal(error, limits);
  }
}

function tooLarge(bytesMax: number): AppError {
  return new AppError(
    'BODY_TOO_LARGE',
    `The URL answers with more than ${bytesMax} bytes, the most that is taken.`,
  );
}

/** What the network said stays in the log: which ports are open is nothing for callers. */
function toRefusal(error: unknown, { signal, deadline, timeoutMs }: Limits): unknown {
  if (error instanceof AppError) return error;
  if (signal?.aborted) return signal.reason;
  if (deadline.aborted) return urlRefused(`it took more than ${timeoutMs} ms`, error);
  const isSilent =
    error instanceof errors.ConnectTimeoutError ||
    error instanceof errors.HeadersTimeoutError ||
    error instanceof errors.BodyTimeoutError;
  return urlRefused(
    isSilent ? 'it does not answer, or stopped in the middle' : 'it cannot be reached, or broke off',
    error,
  );
}

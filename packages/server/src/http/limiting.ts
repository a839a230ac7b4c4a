import type { FastifyReply } from 'fastify';
import { AppError } from '../errors.ts';
import type { Standing } from '../limits/leased-limit.ts';
import { type Limits, type Outcome, rateLimited } from '../limits/limits.ts';
import type { Quotas } from '../limits/quotas.ts';
import type { OnRequest } from './identification.ts';

interface Needs {
  readonly limits: Limits;
  readonly quotas: Pick<Quotas, 'take'>;
}

/** Counts a request of the caller that {@link identification} found, and refuses one too many before its body is read. */
export function callerLimiting({ limits, quotas }: Needs): OnRequest {
  return (request, reply, done) => {
    const { principal } = request;
    const count = callsIn(request.url);
    try {
      const taken = quotas.take(principal, count);
      if (taken) {
        const letIn = () => done();
        taken.then(letIn, done);
        return;
      }
    } catch (error) {
      // take throws AppErrors only
      done(error as Error);
      return;
    }
    answer(
      limits.take(principal, () => request.ip, count),
      reply,
      done,
    );
  };
}

/** Counts a request of whoever is at an address, where callers say who they are in the body. */
export function addressLimiting({ limits }: Pick<Needs, 'limits'>): OnRequest {
  return (request, reply, done) => answer(limits.takeAddress(request.ip), reply, done);
}

/**
 * Counts credentials that are wrong, and says so once an address has sent too many.
 *
 * @param identify - see {@link identification}
 * @param next - what is done once the caller is known
 */
export function failureLimiting(
  { limits }: Pick<Needs, 'limits'>,
  identify: OnRequest,
  next: OnRequest,
): OnRequest {
  return (request, reply, done) =>
    identify(request, reply, (error) => {
      if (!error) next(request, reply, done);
      else if (error instanceof AppError && error.code === 'UNAUTHENTICATED')
        answer(limits.takeFailure(request.ip), reply, (refusal) => done(refusal ?? error));
      else done(error);
    });
}

function answer(outcome: Outcome, reply: FastifyReply, done: (error?: Error) => void): void {
  if (outcome === undefined) done();
  else if (outcome instanceof Promise) outcome.then((standing) => say(standing, reply, done), done);
  else say(outcome, reply, done);
}

/** @see draft-ietf-httpapi-ratelimit-headers-06, whose three headers most clients know; later drafts have another form */
function say(standing: Standing, reply: FastifyReply, done: (error?: Error) => void): void {
  const { isRefused, limit, remaining, resetS } = standing;
  reply.headers({ 'ratelimit-limit': limit, 'ratelimit-remaining': remaining, 'ratelimit-reset': resetS });
  done(isRefused ? rateLimited(standing) : undefined);
}

/** A batch of tRPC is as many requests as it has calls: their names are in its path, with commas between. */
export function callsIn(url: string): number {
  let calls = 1;
  for (let i = 0; i < url.length; i++) {
    const code = url.charCodeAt(i);
    if (code === 0x3f) break;
    if (code === 0x2c) calls++;
    // %2C is a comma too
    else if (code === 0x25 && url.slice(i, i + 3).toUpperCase() === '%2C') calls++;
  }
  return calls;
}

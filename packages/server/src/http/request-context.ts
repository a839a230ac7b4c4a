import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../errors.ts';
import type { Services } from '../services.ts';
import type { Context, Door } from '../trpc/context.ts';
import { RequestExchange } from './exchange.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** When the request arrived, on the `performance.now()` clock. */
    startedAt: number;
    /** What the log line of this request says beyond HTTP, e.g. procedures. */
    logFields: Record<string, unknown>;
  }
}

interface Options {
  readonly services: Services;
  /** Longest time a caller may ask for, and what it gets when it asks for none, in milliseconds. */
  readonly deadlineMs: number;
}

/** A caller's own, shorter deadline: whole milliseconds from the arrival of the request. */
export const deadlineHeader = 'oriel-deadline-ms';

export interface CreateContext {
  (request: FastifyRequest, reply: FastifyReply, door: Door): Context;
  /** For what is asked before there is a context. */
  readonly services: Services;
}

/** Makes the context of a request, the same for every door. */
export function contextFactory({ services, deadlineMs }: Options): CreateContext {
  const create = (request: FastifyRequest, reply: FastifyReply, door: Door): Context => ({
    requestId: request.id,
    door,
    principal: request.principal,
    startedAt: request.startedAt,
    deadlineAt: request.startedAt + Math.min(deadlineMs, readDeadline(request) ?? deadlineMs),
    // a batch of tRPC has one header for many calls
    idempotencyKey: door === 'rest' ? readIdempotencyKey(request) : undefined,
    exchange: new RequestExchange(request, reply),
    services,
  });
  return Object.assign(create, { services });
}

/** Far more than anything may take: eleven days. The typed client has the same bound. */
const deadlineMsMax = 999_999_999;

/** @throws AppError INPUT_INVALID */
export function readDeadline(request: FastifyRequest): number | undefined {
  const value = request.headers[deadlineHeader];
  if (value === undefined) return undefined;
  const deadlineMs = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : 0;
  if (deadlineMs >= 1 && deadlineMs <= deadlineMsMax) return deadlineMs;
  const message = `must be a whole number of milliseconds from 1 to ${deadlineMsMax}`;
  throw new AppError('INPUT_INVALID', `The header ${deadlineHeader} ${message}.`, {
    issues: [{ path: [deadlineHeader], rule: 'header', message }],
  });
}

function readIdempotencyKey({ headers }: FastifyRequest): string | undefined {
  const value = headers['idempotency-key'];
  if (value === undefined) return undefined;
  // the draft of the header writes it as a quoted string; most callers do not
  const key = typeof value === 'string' ? value.replace(/^"(.*)"$/, '$1') : '';
  if (/^[\x21-\x7e]{1,255}$/.test(key)) return key;
  const message = 'must be 1 to 255 visible characters without spaces';
  throw new AppError('INPUT_INVALID', `The header Idempotency-Key ${message}.`, {
    issues: [{ path: ['idempotency-key'], rule: 'header', message }],
  });
}

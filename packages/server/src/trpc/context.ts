import type { Principal } from '../auth/principal.ts';
import type { Services } from '../services.ts';

/** Which API a request came through. */
export type Door = 'trpc' | 'rest';

/** What signing in needs to know of HTTP, and to say in it. Read when asked: most requests never do. */
export interface Exchange {
  /** The caller's address: that of the connection, or what a trusted proxy says. */
  readonly ip: string;
  readonly userAgent: string | undefined;
  /** Whether the caller's own connection is encrypted. */
  readonly isSecure: boolean;
  /** Sends a cookie with the answer, instead of an earlier one of that name. `text` is a whole `Set-Cookie` value. */
  setCookie(name: string, text: string): void;
}

/**
 * What every procedure knows of its request. An interface of plain values: no Fastify and no Prisma type may enter,
 * or they would end up in the client's declarations.
 */
export interface Context {
  readonly requestId: string;
  readonly door: Door;
  readonly principal: Principal;
  /** When the request arrived and when its answer must be there, on the `performance.now()` clock. */
  readonly startedAt: number;
  readonly deadlineAt: number;
  /** From the header `Idempotency-Key`, which REST has; tRPC has it in the input. */
  readonly idempotencyKey: string | undefined;
  readonly exchange: Exchange;
  readonly services: Services;
}

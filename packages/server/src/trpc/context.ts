import type { Services } from '../services.ts';

/** Which API a request came through. */
export type Door = 'trpc' | 'rest';

/** Who is calling. Kept an object of its own, so that users and keys can join without a change to any signature. */
export interface Principal {
  readonly kind: 'anonymous';
  /** As written in records. */
  readonly name: string;
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
  readonly services: Services;
}

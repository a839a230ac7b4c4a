import { randomUUID } from 'node:crypto';
import type { Prisma } from '../../../src/generated/prisma/client.ts';

/** A prediction as the server would record it. */
export function newPrediction(changes: Partial<Prisma.PredictionCreateInput> = {}) {
  return {
    id: randomUUID(),
    createdAt: new Date(),
    requestId: 'req-1',
    model: 'penguins',
    modelVersion: '1',
    outcome: 'succeeded',
    caller: 'anonymous',
    owner: 'anonymous',
    door: 'rest',
    cached: false,
    batchSize: 1,
    queueMs: 0.1,
    computeMs: 0.2,
    totalMs: 0.4,
    truncated: false,
    ...changes,
  } satisfies Prisma.PredictionCreateInput;
}

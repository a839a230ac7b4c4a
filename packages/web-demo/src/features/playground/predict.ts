import type { OrielClient } from '@oriel/client';
import type { PredictAnswer } from '@oriel/schemas';
import { getUntypedClient } from '@trpc/client';

/** An answer of a model that this page knows only at run time. */
export type Answer = PredictAnswer<string, unknown>;

export interface TimedAnswer {
  readonly answer: Answer;
  /** From the call to its answer as this page saw it, network included, in milliseconds. */
  readonly roundTripMs: number;
}

interface PredictRequest {
  readonly modelId: string;
  /** An object as the contract says or, where the contract reads a file, the file alone. */
  readonly input: unknown;
  readonly signal: AbortSignal;
}

/**
 * Predicts with a model whose id is known at run time only. When `signal` aborted the call, its reason is thrown, so
 * that a replaced request can be told from one that ran out of time.
 *
 * The one place of this page that steps outside the types: it shows whatever models the server has, so no model's own
 * types can apply. Code that knows its model writes `client.models.penguins.predict.mutate(…)` and has them all.
 */
export async function predict(
  client: OrielClient,
  { modelId, input, signal }: PredictRequest,
): Promise<TimedAnswer> {
  const startedAt = performance.now();
  const answer = await getUntypedClient(client)
    .mutation(`models.${modelId}.predict`, input, { signal })
    .catch((error: unknown) => {
      signal.throwIfAborted();
      throw error;
    });
  // whatever the model, its answer comes in this envelope: see predictSchemas
  return { answer: answer as Answer, roundTripMs: performance.now() - startedAt };
}

import { InputError } from '@oriel/schemas';
import type { ItemFailure, Stage } from './protocol.ts';

/** Why an item failed, without the index, which is the place in the batch. */
export type Failure = ItemFailure extends infer F
  ? F extends ItemFailure
    ? Omit<F, 'index'>
    : never
  : never;

export function toFailure(stage: Stage, error: unknown): Failure {
  if (error instanceof InputError) return { kind: 'unusable', path: error.path, message: error.message };
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { kind: 'failed', stage, message, ...(stack !== undefined && { stack }) };
}

/**
 * What the runtime does not run of tensors that fit the signature is their sender's fault: axes that do not fit one another,
 * or a place that is not there. Its message has values of theirs in it, and goes nowhere.
 */
export function ofTensors(failure: Failure): Failure {
  const isOurs = failure.kind !== 'failed' || /allocat/i.test(failure.message);
  return isOurs ? failure : { kind: 'unusable', path: ['inputs'], message: cannotRun };
}

const cannotRun =
  'cannot be run by the model: they fit its signature, but not each other, or not what it holds';

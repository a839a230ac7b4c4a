import type { ErrorCode } from '@oriel/schemas';
import { AppError } from '../errors.ts';
import { itemFailed } from './engine-errors.ts';
import type { Prediction, PredictManyRequest, PredictRequest } from './engine-types.ts';
import { forEachWithLimit } from './for-each-with-limit.ts';
import type { InlineCalls } from './inline/inline-calls.ts';
import type { InlineRunner } from './inline/inline-runner.ts';
import type { ReadyVersion } from './model-catalog.ts';

/** An input's own end. */
export type Outcome = Prediction | AppError;

interface Needs {
  readonly predict: (request: PredictRequest) => Promise<Prediction>;
  readonly inline: Pick<InlineRunner, 'runBulk'>;
  readonly inlineCalls: Pick<InlineCalls, 'run'>;
  /** How much of one call may be in the queue of its model at a time. */
  readonly inFlightMax: (version: ReadyVersion) => number;
  /** Told of a call's end by input. */
  readonly onOutcome: (model: string, outcome: Outcome) => void;
}

interface Call extends PredictManyRequest {
  readonly version: ReadyVersion;
  readonly acceptedAt: number;
  readonly deadlineAt: number;
}

/**
 * Answers the inputs of one call. Those of a micro model run batch by batch on the event loop, one batch a turn, with
 * nothing done for each input but the model's own work: no place in a queue, no promise, no look into the cache, which
 * would cost more than to compute. All others go their way one by one, so many at a time.
 */
export function createManyPredictor({ predict, inline, inlineCalls, inFlightMax, onOutcome }: Needs) {
  return { predictMany };

  /** @throws AppError when no further input of the call can be answered: the call as a whole has failed then */
  async function predictMany(call: Call): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = [];
    await predictInline(call, outcomes);
    const done = outcomes.length;
    if (done < call.inputs.length) await predictOneByOne(call, done, outcomes);
    return outcomes;
  }

  /** As far as the model is, and stays, on the event loop. */
  async function predictInline(call: Call, outcomes: Outcome[]): Promise<void> {
    const runBatch = (start: number, end: number) => runInline(call, call.inputs.slice(start, end), outcomes);
    try {
      await inlineCalls.run({ ...call, count: call.inputs.length, runBatch });
    } catch (error) {
      if (error instanceof AppError) onOutcome(call.version.file.model, error);
      throw error;
    }
  }

  /** @returns false when the model has left the event loop */
  function runInline(call: Call, batch: readonly unknown[], outcomes: Outcome[]): boolean {
    const { file } = call.version;
    const queueMs = performance.now() - call.acceptedAt;
    const reply = inline.runBulk(file, batch, queueMs);
    if (reply === null) return false;
    const { computeMs } = reply;
    const [cached, batchSize, first] = [false, batch.length, outcomes.length];
    for (const output of reply.outputs)
      outcomes.push({ version: file.version, output, cached, batchSize, queueMs, computeMs });
    for (const failure of reply.failures) outcomes[first + failure.index] = itemFailed(file.model, failure);
    for (let index = first; index < outcomes.length; index += 1)
      onOutcome(file.model, outcomes[index] as Outcome);
    return true;
  }

  async function predictOneByOne(call: Call, done: number, outcomes: Outcome[]): Promise<void> {
    const { inputs, version, model, signal, deadlineAt } = call;
    let refusal: AppError | undefined;
    await forEachWithLimit(inputs.slice(done), inFlightMax(version), async (input, index) => {
      try {
        const one = { model, version: version.file.version, input, signal, deadlineAt };
        outcomes[done + index] = await predict(one);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        if (concernsWholeCall.has(error.code)) refusal ??= error;
        outcomes[done + index] = error;
      }
      return refusal === undefined;
    });
    if (refusal) throw refusal;
  }
}

/** What makes every further input of the same call pointless. */
const concernsWholeCall: ReadonlySet<ErrorCode> = new Set([
  'MODEL_NOT_FOUND',
  'MODEL_VERSION_NOT_FOUND',
  'MODEL_NOT_READY',
  'SERVER_STOPPING',
  'REQUEST_CANCELLED',
  'DEADLINE_EXCEEDED',
  'ENGINE_OVERLOADED',
]);

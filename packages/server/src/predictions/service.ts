import {
  type AnyContract,
  type ErrorCode,
  type ListPredictionsInput,
  type PredictionPage,
  type PredictionRecord,
  type PredictManyItem,
  quickParse,
  type Timing,
} from '@oriel/schemas';
import type { Reach } from '../auth/principal.ts';
import type { Engine, Prediction } from '../engine/engine-types.ts';
import { AppError } from '../errors.ts';
import { toInputError } from '../input-error.ts';
import { toAppError } from '../to-app-error.ts';
import type { Recorder } from './recorder.ts';
import type { PredictionRepository } from './repository.ts';
import { toItemError } from './to-item-error.ts';

/** What the service needs to know of the request it serves. */
export interface Caller {
  readonly requestId: string;
  readonly door: 'trpc' | 'rest';
  readonly principal: { readonly id: string; readonly name: string; readonly owner: string };
  readonly startedAt: number;
  readonly deadlineAt: number;
}

interface Needs {
  readonly engine: Pick<Engine, 'predict' | 'predictMany' | 'refuseNow' | 'models'>;
  readonly recorder: Pick<Recorder, 'record'>;
  readonly repository: Pick<PredictionRepository, 'list'>;
  /** Told of every prediction: `succeeded` or the code of its error, of how many. */
  readonly onPredicted?: (model: string, outcome: string, count?: number) => void;
  /** Told of the time that a caller's prediction took on a thread. */
  readonly onComputed?: (principalId: string, computeMs: number) => void;
}

interface PredictRequest {
  readonly contract: AnyContract;
  readonly version?: string;
  /** Validated by the contract. */
  readonly input: unknown;
  readonly signal: AbortSignal | undefined;
}

interface PredictManyRequest {
  readonly contract: AnyContract;
  /** Not validated yet: each is judged on its own. */
  readonly inputs: readonly unknown[];
  readonly signal: AbortSignal | undefined;
}

export type PredictionService = ReturnType<typeof createPredictionService>;

/** Predicts, and records what was predicted. */
export function createPredictionService({ engine, recorder, repository, onPredicted, onComputed }: Needs) {
  return { predict, predictMany, refuseNow, list };

  /** @throws AppError MODEL_VERSION_NOT_FOUND, MODEL_NOT_READY, INPUT_INVALID, ENGINE_OVERLOADED, DEADLINE_EXCEEDED, … */
  async function predict(caller: Caller, request: PredictRequest) {
    const { output, version, cached, queueMs, computeMs } = await runAndRecord(caller, request);
    const timing: Timing = {
      queueMs: toMs(queueMs),
      computeMs: toMs(computeMs),
      totalMs: toMs(performance.now() - caller.startedAt),
    };
    return { model: request.contract.id, version, output, requestId: caller.requestId, timing, cached };
  }

  /** Why `predict` would turn away whatever input comes now, counted as its refusals are; null when it may be accepted. */
  function refuseNow(model: string): AppError | null {
    const refusal = engine.refuseNow(model);
    if (refusal) onPredicted?.(model, refusal.code);
    return refusal;
  }

  /**
   * Each input is answered or refused on its own. The call as a whole fails only when the model cannot serve at all
   * or the caller has gone.
   */
  async function predictMany(caller: Caller, { contract, inputs, signal }: PredictManyRequest) {
    const { results, valid } = validateEach(contract, inputs);
    const answers = valid.length > 0 ? await runManyAndRecord(caller, { contract, valid, signal }) : [];
    let [queueMs, computeMs, version] = [0, 0, ''];
    for (const [index, answer] of answers.entries()) {
      // one answer for each valid input
      const { place } = valid[index] as ValidInput;
      if (answer instanceof AppError) results[place] = { ok: false, error: toItemError(answer) };
      else {
        results[place] = { ok: true, output: answer.output, cached: answer.cached };
        queueMs = Math.max(queueMs, answer.queueMs);
        computeMs = Math.max(computeMs, answer.computeMs);
        version = answer.version;
      }
    }
    const timing: Timing = {
      queueMs: toMs(queueMs),
      computeMs: toMs(computeMs),
      totalMs: toMs(performance.now() - caller.startedAt),
    };
    return {
      model: contract.id,
      version: version || defaultVersionOf(contract.id),
      results,
      requestId: caller.requestId,
      timing,
    };
  }

  /** @throws AppError when the call as a whole cannot be answered; each of its inputs is recorded as failed then */
  async function runManyAndRecord(caller: Caller, { contract: { id }, valid, signal }: RunMany) {
    try {
      const inputs = valid.map(({ input }) => input);
      const answers = await engine.predictMany({
        model: id,
        inputs,
        deadlineAt: caller.deadlineAt,
        ...(signal && { signal }),
      });
      countAll(id, answers);
      for (const [index, answer] of answers.entries()) record(caller, id, inputs[index], answer);
      return answers;
    } catch (thrown) {
      const error = toAppError(thrown);
      onPredicted?.(id, error.code, valid.length);
      for (const { input } of valid) record(caller, id, input, error);
      throw error;
    }
  }

  function countAll(id: string, answers: readonly (Prediction | AppError)[]): void {
    const counts = new Map<string, number>();
    for (const answer of answers) {
      const outcome = answer instanceof AppError ? answer.code : 'succeeded';
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    }
    for (const [outcome, count] of counts) onPredicted?.(id, outcome, count);
  }

  function record(caller: Caller, model: string, input: unknown, answer: Prediction | AppError): void {
    if (!(answer instanceof AppError)) recordAnswer(caller, model, input, answer);
    else if (!isUnrecorded.has(answer.code))
      recorder.record(caller, { model, version: undefined, input, error: answer });
  }

  function recordAnswer(caller: Caller, model: string, input: unknown, answer: Prediction): void {
    recorder.record(caller, { model, input, answer });
    // those of one batch share its time
    if (!answer.cached) onComputed?.(caller.principal.id, answer.computeMs / Math.max(1, answer.batchSize));
  }

  /** What answered nothing still says which version would have. */
  function defaultVersionOf(id: string): string {
    return engine.models().find((model) => model.id === id)?.defaultVersion ?? '1';
  }

  /**
   * Recorded predictions, newest first. Anonymous callers are many people under one name: what one of them sent is
   * not for the others to see.
   */
  async function list(reach: Reach, query: ListPredictionsInput): Promise<PredictionPage> {
    const page = await repository.list(reach, query);
    return reach.kind === 'own' && reach.owner === 'anonymous'
      ? { ...page, items: page.items.map(withoutData) }
      : page;
  }

  async function runAndRecord(caller: Caller, { contract, version, input, signal }: PredictRequest) {
    try {
      const answer = await engine.predict({
        model: contract.id,
        input,
        deadlineAt: caller.deadlineAt,
        ...(version !== undefined && { version }),
        ...(signal && { signal }),
      });
      onPredicted?.(contract.id, 'succeeded');
      recordAnswer(caller, contract.id, input, answer);
      return answer;
    } catch (thrown) {
      const error = toAppError(thrown);
      onPredicted?.(contract.id, error.code);
      if (!isUnrecorded.has(error.code))
        recorder.record(caller, { model: contract.id, version, input, error });
      throw error;
    }
  }
}

function withoutData(record: PredictionRecord): PredictionRecord {
  return { ...record, input: null, output: null };
}

/**
 * What did not become a prediction: a model or version that is not there, and requests that were turned away at the
 * door. The metrics count those; writing each of a flood down would feed it.
 */
const isUnrecorded: ReadonlySet<ErrorCode> = new Set([
  'MODEL_NOT_FOUND',
  'MODEL_VERSION_NOT_FOUND',
  'ENGINE_OVERLOADED',
  'SERVER_STOPPING',
]);

interface ValidInput {
  readonly input: unknown;
  /** Its index in the call. */
  readonly place: number;
}

interface RunMany extends Pick<PredictManyRequest, 'contract' | 'signal'> {
  readonly valid: readonly ValidInput[];
}

/** Refuses what the contract refuses, each input on its own, and leaves room for the answers of the others. */
function validateEach({ input: schema }: AnyContract, inputs: readonly unknown[]) {
  const results = new Array<PredictManyItem<unknown>>(inputs.length);
  const valid: ValidInput[] = [];
  for (const [place, input] of inputs.entries()) {
    const parsed = quickParse(schema, input);
    if (parsed.success) valid.push({ input: parsed.data, place });
    else results[place] = { ok: false, error: toItemError(toInputError(parsed.error)) };
  }
  return { results, valid };
}

/** Milliseconds to three digits: the clock is no finer. */
function toMs(duration: number): number {
  return Math.round(duration * 1000) / 1000;
}

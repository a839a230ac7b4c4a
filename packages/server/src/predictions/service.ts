import type {
  AnyContract,
  ErrorCode,
  ItemError,
  ListPredictionsInput,
  PredictionPage,
  PredictManyItem,
  Timing,
} from '@oriel/schemas';
import type { Engine } from '../engine/engine-types.ts';
import type { AppError } from '../errors.ts';
import { toAppError, toInputError } from '../to-app-error.ts';
import { forEachWithLimit } from './for-each-with-limit.ts';
import type { Recorder } from './recorder.ts';
import type { PredictionRepository } from './repository.ts';

/** What the service needs to know of the request it serves. */
export interface Caller {
  readonly requestId: string;
  readonly door: 'trpc' | 'rest';
  readonly principal: { readonly name: string };
  readonly startedAt: number;
  readonly deadlineAt: number;
}

interface Needs {
  readonly engine: Pick<Engine, 'predict' | 'models'>;
  readonly recorder: Pick<Recorder, 'record'>;
  readonly repository: Pick<PredictionRepository, 'list'>;
  /** Told of every prediction: `succeeded` or the code of its error. */
  readonly onPredicted?: (model: string, outcome: string) => void;
  /** Most inputs of one predict-many that wait in the engine's queue at a time. */
  readonly inFlightMax: number;
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
export function createPredictionService({ engine, recorder, repository, onPredicted, inFlightMax }: Needs) {
  return { predict, predictMany, list };

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

  /**
   * Each input is answered or refused on its own. The call as a whole fails only when the model cannot serve at all
   * or the caller has gone.
   */
  async function predictMany(caller: Caller, { contract, inputs, signal }: PredictManyRequest) {
    const results = new Array<PredictManyItem<unknown>>(inputs.length);
    let [queueMs, computeMs, version] = [0, 0, ''];
    let refusal: AppError | undefined;
    await forEachWithLimit(inputs, inFlightMax, async (input, i) => {
      try {
        const parsed = contract.input.safeParse(input);
        if (!parsed.success) throw toInputError(parsed.error);
        const answer = await runAndRecord(caller, { contract, input: parsed.data, signal });
        results[i] = { ok: true, output: answer.output, cached: answer.cached };
        queueMs = Math.max(queueMs, answer.queueMs);
        computeMs = Math.max(computeMs, answer.computeMs);
        version = answer.version;
      } catch (thrown) {
        const error = toAppError(thrown);
        if (concernsWholeCall.has(error.code)) refusal ??= error;
        results[i] = { ok: false, error: toItemError(error) };
      }
      return refusal === undefined;
    });
    if (refusal) throw refusal;
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

  /** What answered nothing still says which version would have. */
  function defaultVersionOf(id: string): string {
    return engine.models().find((model) => model.id === id)?.defaultVersion ?? '1';
  }

  /** Recorded predictions, newest first. */
  function list(query: ListPredictionsInput): Promise<PredictionPage> {
    return repository.list(query);
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
      recorder.record(caller, { model: contract.id, input, answer });
      return answer;
    } catch (thrown) {
      const error = toAppError(thrown);
      onPredicted?.(contract.id, error.code);
      if (!isAboutCaller.has(error.code))
        recorder.record(caller, { model: contract.id, version, input, error });
      throw error;
    }
  }
}

// a model or version that is not there was not predicted with
const isAboutCaller: ReadonlySet<ErrorCode> = new Set(['MODEL_NOT_FOUND', 'MODEL_VERSION_NOT_FOUND']);

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

function toItemError({ code, message, issues }: AppError): ItemError {
  return { code, message, ...(issues && { issues: [...issues] }) };
}

/** Milliseconds to three digits: the clock is no finer. */
function toMs(duration: number): number {
  return Math.round(duration * 1000) / 1000;
}

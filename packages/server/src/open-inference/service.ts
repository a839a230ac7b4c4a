import type { Engine, Inference, InferRequest } from '../engine/engine-types.ts';
import { AppError } from '../errors.ts';
import { toAppError } from '../to-app-error.ts';
import { type InferenceAnswer, printAnswer, wantedOutputs } from './answer.ts';
import { toFeeds } from './check-inputs.ts';
import { toIndex, toModelMetadata } from './metadata.ts';
import { toRawRequest } from './raw-request.ts';
import { type InferenceBody, parseRequest } from './request.ts';

/** What the service needs to know of the request it serves. */
interface Caller {
  readonly principal: { readonly id: string };
  readonly deadlineAt: number;
}

interface Needs {
  readonly engine: Pick<Engine, 'infer' | 'refuseInferNow' | 'signatureOf' | 'models'>;
  /** Told of every row: `succeeded` or the code of its error, of how many. */
  readonly onPredicted?: (model: string, outcome: string, count?: number) => void;
  /** Told of the time that a caller's rows took. */
  readonly onComputed?: (principalId: string, computeMs: number) => void;
}

export interface ModelName {
  readonly model: string;
  /** The default version when absent. */
  readonly version?: string | undefined;
}

interface CallToInfer extends ModelName {
  readonly body: InferenceBody;
  readonly signal: AbortSignal | undefined;
}

export type InferenceService = ReturnType<typeof createInferenceService>;

/**
 * Calls at the level of tensors, past the contracts. They are counted and bounded as predictions are, and not recorded:
 * a record holds what a contract read, which is not known here.
 */
export function createInferenceService({ engine, onPredicted, onComputed }: Needs) {
  return { infer, refuseNow, describe, isReady, index };

  /** @throws AppError MODEL_VERSION_NOT_FOUND, MODEL_NOT_READY, INPUT_INVALID, ENGINE_OVERLOADED, DEADLINE_EXCEEDED, … */
  async function infer(
    caller: Caller,
    { model, version: wantedVersion, body: { json, binary }, signal }: CallToInfer,
  ): Promise<InferenceAnswer> {
    const { version, ...signature } = engine.signatureOf(model, wantedVersion);
    const request =
      json === undefined ? toRawRequest(binary.byteLength, signature.inputs) : parseRequest(json);
    const wanted = wantedOutputs(request, signature.outputs);
    const feeds = toFeeds(request, binary, signature.inputs);
    const { outputs } = await run(caller, {
      ...feeds,
      model,
      version,
      deadlineAt: caller.deadlineAt,
      signal,
    });
    return printAnswer({ model, version, id: request.id, outputs }, wanted);
  }

  async function run({ principal }: Caller, request: InferRequest): Promise<Inference> {
    const { model, rows } = request;
    try {
      const answer = await engine.infer(request);
      onPredicted?.(model, 'succeeded', rows);
      onComputed?.(principal.id, answer.computeMs);
      return answer;
    } catch (thrown) {
      const error = toAppError(thrown);
      onPredicted?.(model, error.code, rows);
      throw error;
    }
  }

  /** Why `infer` would turn away whatever comes now, counted as its refusals are; null when it may be accepted. */
  function refuseNow({ model, version }: ModelName): AppError | null {
    const refusal = engine.refuseInferNow(model, version);
    if (refusal) onPredicted?.(model, refusal.code);
    return refusal;
  }

  /** @throws AppError MODEL_NOT_FOUND, MODEL_VERSION_NOT_FOUND, MODEL_NOT_READY */
  function describe({ model, version }: ModelName) {
    const signature = engine.signatureOf(model, version);
    const status = engine.models().find(({ id }) => id === model);
    return toModelMetadata(model, status, signature);
  }

  /** @throws AppError MODEL_NOT_FOUND, MODEL_VERSION_NOT_FOUND */
  function isReady({ model, version }: ModelName): boolean {
    try {
      engine.signatureOf(model, version);
      return true;
    } catch (error) {
      if (error instanceof AppError && error.code === 'MODEL_NOT_READY') return false;
      throw error;
    }
  }

  /** @param visible - the only models the caller may know of; null for all */
  function index(visible: ReadonlySet<string> | null, which: { readonly onlyReady: boolean }) {
    return toIndex(
      engine.models().filter(({ id }) => visible?.has(id) ?? true),
      which,
    );
  }
}

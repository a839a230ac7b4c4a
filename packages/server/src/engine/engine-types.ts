import type { AnyContract, ErrorCode, TensorSpec, Tensors } from '@oriel/schemas';
import type { AppError } from '../errors.ts';
import type { VersionFile } from './worker/protocol.ts';

export interface EngineOptions {
  /** The contracts to serve. */
  readonly models: Readonly<Record<string, AnyContract>>;
  /** The module that exports those contracts: worker threads import it, since schemas cannot be sent to them. */
  readonly registry: URL;
  /** The model repository, with a closing slash: `<id>/pipeline.ts` and `<id>/<version>/model.onnx`. */
  readonly modelsFolder: URL;
  readonly threads: number;
  /** Most items that wait for one model version; more are refused. */
  readonly queueItemsMax: number;
  /**
   * Longest time that an input may be expected to wait for a thread when several dozen wait before it; it is refused
   * else, as it is when it could not be answered by its deadline. Those that are accepted then never wait for long,
   * however many come.
   */
  readonly queueMsMax: number;
  /** The deadline of requests that set none. */
  readonly deadlineMs: number;
  /** 0 turns off the cache, and the sharing of runs between identical requests. */
  readonly cacheEntriesMax: number;
  /** JavaScript heap of one thread. Tensors and model weights live outside of it. */
  readonly threadHeapMb: number;
  /** How long a batch may keep a thread before the thread counts as stuck. Longer than any honest batch takes. */
  readonly stuckMs: number;
  /** Whether models that are quick enough may run on the event loop. Default true. */
  readonly microModels?: boolean;
  readonly logger: EngineLogger;
  readonly observer?: EngineObserver;
}

export interface EngineLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What happens inside, for metrics. Called on the hot path: keep it short. */
export interface EngineObserver {
  /** A batch came back. `queueMs` is of its oldest item. */
  onBatch?(batch: BatchFacts): void;
  /** A slice of a job came back. */
  onSlice?(slice: SliceFacts): void;
  /** A request was turned away before it was accepted: overload, a stopping server, a model that is not ready. */
  onRefused?(refusal: { readonly model: string; readonly code: ErrorCode }): void;
  /** A request to a model that exists is over. */
  onAnswered?(answer: { readonly model: string; readonly outcome: 'succeeded' | ErrorCode }): void;
  onThreadExit?(exit: { readonly reason: ThreadExitReason }): void;
  /** A micro model turned out slow or unsound, and runs on the threads from now on. */
  onMicroModelDemoted?(demotion: { readonly model: string; readonly version: string }): void;
  onCache?(lookup: { readonly model: string; readonly hit: boolean }): void;
}

export interface BatchFacts {
  readonly model: string;
  readonly version: string;
  readonly size: number;
  /** On the event loop, or on a worker thread. */
  readonly way: 'inline' | 'thread';
  readonly queueMs: number;
  /** Inside `session.run`. */
  readonly runMs: number;
  /** Preprocess, run and postprocess. */
  readonly computeMs: number;
}

export interface SliceFacts {
  readonly model: string;
  readonly version: string;
  readonly size: number;
  /** Inputs that were refused or have no output. */
  readonly failed: number;
  /** Validation, preprocess, run, postprocess and the check of the outputs. */
  readonly computeMs: number;
}

/** `exit`: the thread ended itself; `error`: an error no task caught; `heap`: out of memory; `stuck`: ended by us. */
export type ThreadExitReason = 'exit' | 'error' | 'heap' | 'stuck';

export type Priority = 'high' | 'low';

export interface PredictRequest {
  readonly model: string;
  /** The default version when absent. */
  readonly version?: string | undefined;
  /** After validation by the contract. Must not be changed while the prediction runs. */
  readonly input: unknown;
  readonly signal?: AbortSignal | undefined;
  /** On the clock of `performance.now()`. */
  readonly deadlineAt?: number | undefined;
  readonly priority?: Priority | undefined;
}

export interface PredictManyRequest {
  readonly model: string;
  /** After validation by the contract. */
  readonly inputs: readonly unknown[];
  readonly signal?: AbortSignal | undefined;
  readonly deadlineAt?: number | undefined;
}

export interface PredictBulkRequest {
  readonly model: string;
  /** The default version when absent. */
  readonly version?: string | undefined;
  /** As they travel, not validated: the thread validates them. */
  readonly inputs: readonly unknown[];
  readonly signal?: AbortSignal | undefined;
  /** Told, part by part, of the time that the inputs took on a thread. */
  readonly onComputed?: ((computeMs: number) => void) | undefined;
}

/** What became of one input of {@link PredictBulkRequest}. */
export type BulkAnswer =
  | { readonly ok: true; readonly output: unknown }
  | { readonly ok: false; readonly error: AppError };

/** A call at the level of tensors: what the model's file takes, without the contract and the pipeline. */
export interface InferRequest {
  readonly model: string;
  /** The default version when absent. */
  readonly version?: string | undefined;
  /** Exactly those of the version's signature, with its dtypes and dims. Must not be changed while they run. */
  readonly inputs: Tensors;
  /** The length of each input's first axis, 1 or more. */
  readonly rows: number;
  readonly signal?: AbortSignal | undefined;
  readonly deadlineAt?: number | undefined;
}

/** The answer to {@link InferRequest}. */
export interface Inference {
  readonly version: string;
  /** All outputs of the signature, the batch axis first, in the order of the rows. */
  readonly outputs: Tensors;
  /** Of the row that waited longest. */
  readonly queueMs: number;
  /** Of all rows together. */
  readonly computeMs: number;
}

/** What a version takes and gives. */
export interface Signature {
  readonly version: string;
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
}

/** One answered prediction. */
export interface Prediction {
  readonly version: string;
  /** Deeply frozen where identical requests may be given the same object. Not to be changed. */
  readonly output: unknown;
  readonly cached: boolean;
  /** Items in the run that answered this request; 0 when the answer came from the cache. */
  readonly batchSize: number;
  readonly queueMs: number;
  readonly computeMs: number;
}

export type VersionState = 'loading' | 'ready' | 'failed';

export interface VersionStatus {
  readonly version: string;
  readonly state: VersionState;
  /** Why it failed, in words for whoever runs the server. */
  readonly reason?: string;
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  readonly sizeBytes: number;
}

export interface ModelStatus {
  readonly id: string;
  /** Oldest first. */
  readonly versions: readonly VersionStatus[];
  /** The highest version; null when the model's folder holds none. */
  readonly defaultVersion: string | null;
  readonly batchSizeMax: number;
}

export interface EngineStats {
  /** Runs that wait, and runs that are on a worker thread; identical requests share one. */
  readonly queued: number;
  readonly running: number;
  readonly batchesRunning: number;
  readonly threads: number;
  readonly threadsReady: number;
  /** Inputs of jobs that have no answer yet; they are in no other of these numbers until they run. */
  readonly bulkInputs: number;
  readonly cacheEntries: number;
  readonly cacheBytes: number;
  readonly queuedByVersion: Readonly<Record<string, number>>;
}

export interface Engine {
  /**
   * Starts the threads, loads every version on each of them, checks it against its pipeline and warms it up.
   * Never rejects for a bad model: that one is `failed`, with a reason, and the others are served.
   */
  start(): Promise<void>;
  models(): readonly ModelStatus[];
  /** @throws AppError with any code that this folder's `engine-errors.ts` makes */
  predict(request: PredictRequest): Promise<Prediction>;
  /**
   * Why `predict` would turn away whatever comes now for a model's default version, told to the observer as a refusal:
   * for those who can refuse before they read an input. Null when it may be accepted, or when the output of the next
   * input may well be known already, and for every other reason than overload.
   */
  refuseNow(model: string): AppError | null;
  /** The same of {@link infer} for a version, the default one when absent. */
  refuseInferNow(model: string, version: string | undefined): AppError | null;
  /**
   * What a version takes and gives; of the default version when absent.
   *
   * @throws AppError MODEL_NOT_FOUND, MODEL_VERSION_NOT_FOUND, MODEL_NOT_READY
   */
  signatureOf(model: string, version: string | undefined): Signature;
  /**
   * Runs tensors as they are. All rows are answered, or the call fails.
   *
   * @throws AppError with any code that this folder's `engine-errors.ts` makes
   */
  infer(request: InferRequest): Promise<Inference>;
  /**
   * Answers each input on its own, in their order: with its prediction, or with why it failed.
   *
   * @throws AppError when the call as a whole cannot be answered: no such model, a full queue, a deadline that passed
   */
  predictMany(request: PredictManyRequest): Promise<readonly (Prediction | AppError)[]>;
  /**
   * Answers each input of a job on its own, in their order. They wait behind everything else, for as long as it takes.
   *
   * @throws AppError when the call as a whole cannot be answered: no such model, one that cannot be served any more, a
   *   caller that left, a server that stops
   */
  predictBulk(request: PredictBulkRequest): Promise<readonly BulkAnswer[]>;
  /**
   * The file of a version of a micro model, which is so small and quick that jobs may load it on threads of their own; null
   * of other models.
   *
   * @throws AppError MODEL_NOT_FOUND, MODEL_VERSION_NOT_FOUND, MODEL_NOT_READY
   */
  findMicroFile(model: string, version: string): VersionFile | null;
  /** Whether single predictions were asked for in the last quarter of a second. */
  isLive(): boolean;
  stats(): EngineStats;
  /** Refuses new work and resolves when all accepted work has been answered. */
  drain(): Promise<void>;
  /** Answers whoever still waits with SERVER_STOPPING and ends the threads; none while it is inside a session. */
  close(): Promise<void>;
}

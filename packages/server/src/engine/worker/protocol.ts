import type { TensorSpec } from '@oriel/schemas';
import type { Packed } from './packed-values.ts';

/** What the main thread and a worker thread say to each other. All of it survives a structured clone. */

/** Given to each thread when it starts. */
export interface ThreadData {
  /** URLs as text. */
  readonly registry: string;
  readonly modelsFolder: string;
  /** What may be alive on the thread's JavaScript heap. */
  readonly heapMb: number;
}

/** One version of one model in the model repository. */
export interface VersionFile {
  /** `penguins@1`: its name in messages, logs and reasons. */
  readonly key: string;
  readonly model: string;
  readonly version: string;
  readonly modelPath: string;
}

export type ThreadTask = HelloTask | LoadTask | SettleTask | RunTask | SliceTask;

/** The first task of every thread: shows that it runs, and fetches its gate. */
export interface HelloTask {
  readonly kind: 'hello';
}
export interface HelloReply {
  readonly gate: SharedArrayBuffer;
}

export interface LoadTask {
  readonly kind: 'load';
  readonly file: VersionFile;
}
export type LoadReply = LoadedReply | { readonly ok: false; readonly reason: string };
export interface LoadedReply {
  readonly ok: true;
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  readonly batchSizeMax: number;
  /** Whether the pipeline promises that it may run on the event loop. */
  readonly isMicro: boolean;
}

/** All is loaded: what that took and nothing uses any more is to be given back. */
export interface SettleTask {
  readonly kind: 'settle';
}
export interface SettleReply {
  readonly isSettled: true;
}

export interface RunTask {
  readonly kind: 'run';
  readonly key: string;
  readonly inputs: readonly unknown[];
  /** Whether each input is one row of the model's tensors, as it is fed, and each output is to be one. */
  readonly isTensors?: boolean;
}
export interface RunReply {
  /** In the order of the inputs; undefined where an item failed. */
  readonly outputs: readonly unknown[];
  readonly failures: readonly ItemFailure[];
  readonly runMs: number;
  readonly computeMs: number;
}

/** Part of a job's inputs, which nobody has validated yet. */
export interface SliceTask {
  readonly kind: 'slice';
  readonly key: string;
  readonly inputs: Packed;
}
export interface SliceReply {
  /** Of the inputs that were answered, in their order: those that failed have no place in it. */
  readonly outputs: Packed;
  /** In the order of the inputs. */
  readonly failures: readonly SliceFailure[];
  readonly computeMs: number;
}

export type ReplyOf<Task> = Task extends SliceTask ? SliceReply : RunReply;

/** `refused` is what the contract says of an input that it does not allow. */
export type SliceFailure =
  | ItemFailure
  | {
      readonly index: number;
      readonly kind: 'refused';
      readonly issues: readonly {
        readonly path: readonly (string | number)[];
        readonly code?: string | undefined;
        readonly message: string;
      }[];
      readonly issueCount: number;
    };

/** Why one item has no output. `unusable` is the input's fault and for the caller; `failed` is for the log. */
export type ItemFailure =
  | {
      readonly index: number;
      readonly kind: 'unusable';
      readonly path: readonly (string | number)[];
      readonly message: string;
    }
  | {
      readonly index: number;
      readonly kind: 'failed';
      readonly stage: Stage;
      readonly message: string;
      readonly stack?: string;
    };

export type Stage = 'preprocess' | 'run' | 'postprocess' | 'output';

/** The exit code of a thread that ends itself because its heap is full. */
export const heapFullExitCode = 70;

import type { AppError } from '../../errors.ts';
import type { BulkAnswer } from '../engine-types.ts';
import type { ReadyVersion } from '../model-catalog.ts';
import type { Packed } from '../worker/packed-values.ts';
import type { SliceReply } from '../worker/protocol.ts';

/** A part of a job's inputs, which goes to a thread as one task. */
export class Slice {
  readonly call: BulkCall;
  readonly start: number;
  readonly end: number;
  /** It was on a thread that ended: what is left of it settles whose fault that was. */
  readonly hasCrashed: boolean;
  readonly answered = Promise.withResolvers<SliceReply>();
  /** Its inputs while it waits. */
  packed: Packed | undefined;

  constructor({ call, start, end, hasCrashed }: Pick<Slice, 'call' | 'start' | 'end' | 'hasCrashed'>) {
    this.call = call;
    this.start = start;
    this.end = end;
    this.hasCrashed = hasCrashed;
  }

  get count(): number {
    return this.end - this.start;
  }

  inputs(): readonly unknown[] {
    return this.call.inputs.slice(this.start, this.end);
  }

  /** For another try after a failure that says nothing of the single inputs; one input is tried again as it is. */
  halves(isCrash: boolean): Slice[] {
    const { call, start, end } = this;
    const hasCrashed = isCrash || this.hasCrashed;
    if (this.count === 1) return [new Slice({ call, start, end, hasCrashed })];
    const middle = start + Math.ceil(this.count / 2);
    return [
      new Slice({ call, start, end: middle, hasCrashed }),
      new Slice({ call, start: middle, end, hasCrashed }),
    ];
  }
}

interface CallFacts {
  readonly version: ReadyVersion;
  readonly inputs: readonly unknown[];
  readonly onComputed: ((computeMs: number) => void) | undefined;
}

/** One call for many inputs, on its way through the threads. */
export class BulkCall {
  readonly version: ReadyVersion;
  readonly inputs: readonly unknown[];
  readonly onComputed: (computeMs: number) => void;
  readonly answers: BulkAnswer[];
  /** Rejects when the call ends before all is answered. */
  readonly ended: Promise<never>;
  /** Slices in the queue. */
  readonly queued = new Set<Slice>();
  answeredCount = 0;
  isOver = false;
  readonly #end: (error: AppError) => void;
  #next = 0;

  constructor({ version, inputs, onComputed = () => {} }: CallFacts) {
    this.version = version;
    this.inputs = inputs;
    this.onComputed = onComputed;
    this.answers = new Array<BulkAnswer>(inputs.length);
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => {}); // a call that ends well has nobody who waits for this
    this.ended = promise;
    this.#end = reject;
  }

  /** @returns null when all inputs have been handed out */
  nextSlice(size: number): Slice | null {
    const start = this.#next;
    if (start >= this.inputs.length) return null;
    this.#next = Math.min(start + size, this.inputs.length);
    return new Slice({ call: this, start, end: this.#next, hasCrashed: false });
  }

  answer(index: number, answer: BulkAnswer): void {
    this.answers[index] = answer;
    this.answeredCount += 1;
  }

  /** What is on a thread finishes there, and is dropped; what waits is to be taken out of the queue by the caller. */
  end(error: AppError): void {
    this.isOver = true;
    this.#end(error);
  }
}

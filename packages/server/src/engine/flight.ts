import type { Priority } from './engine-types.ts';
import type { ReadyVersion } from './model-catalog.ts';

/** Somebody who waits for a prediction. */
export interface Caller {
  readonly flight: Flight;
  readonly acceptedAt: number;
  readonly deadlineAt: number;
  readonly signal: AbortSignal | undefined;
  readonly onAbort: () => void;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

export interface Answer {
  readonly output: unknown;
  readonly batchSize: number;
  readonly queueMs: number;
  readonly computeMs: number;
}

/** One run of one input on its way through the engine, for all callers that asked the same. */
export class Flight {
  readonly version: ReadyVersion;
  readonly input: unknown;
  readonly priority: Priority;
  /** Null when it is not shared, nor its output cached. */
  readonly key: string | null;
  readonly callers = new Set<Caller>();
  readonly acceptedAt = performance.now();
  /** When its present or last batch began. */
  startedAt = 0;
  /** A thread ended with this flight on it; the next time settles whose fault it is. */
  hasCrashed = false;

  constructor({ version, input, priority, key }: Pick<Flight, 'version' | 'input' | 'priority' | 'key'>) {
    this.version = version;
    this.input = input;
    this.priority = priority;
    this.key = key;
  }
}

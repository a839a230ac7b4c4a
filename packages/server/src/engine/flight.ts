import type { Slice } from './bulk/slice.ts';
import type { Prediction, Priority } from './engine-types.ts';
import type { Lane } from './lane.ts';
import type { ReadyVersion } from './model-catalog.ts';

/** Somebody who waits for a prediction. */
export interface Caller {
  readonly flight: Flight;
  readonly acceptedAt: number;
  readonly deadlineAt: number;
  readonly signal: AbortSignal | undefined;
  /** Set while the signal is listened to. */
  onAbort: (() => void) | undefined;
  readonly resolve: (answer: Prediction) => void;
  readonly reject: (error: Error) => void;
}

/** What all callers of a flight are told alike; the time in the queue is each one's own. */
export type Answer = Omit<Prediction, 'queueMs'>;

/** One run of one input on its way through the engine, for all callers that asked the same. */
export class Flight {
  readonly version: ReadyVersion;
  /** Where it waits. What waits in one lane is all of one kind. */
  readonly lane: Lane<Flight | Slice>;
  /** Whether its input is one row of the model's own tensors, and its output too. */
  readonly isTensors: boolean;
  readonly input: unknown;
  readonly priority: Priority;
  /** Null when it is not shared, nor its output cached. */
  readonly key: string | null;
  readonly callers = new Set<Caller>();
  readonly acceptedAt: number;
  /** It runs on the event loop, within a turn or a few; signals are looked at then, which spares their listeners. */
  isInline = false;
  /** When its present or last batch began. */
  startedAt = 0;
  /** A thread ended with this flight on it; the next time settles whose fault it is. */
  hasCrashed = false;

  constructor({
    version,
    lane = version.lane,
    isTensors = false,
    input,
    priority,
    key,
    acceptedAt,
  }: Pick<Flight, 'version' | 'input' | 'priority' | 'key' | 'acceptedAt'> &
    Partial<Pick<Flight, 'lane' | 'isTensors'>>) {
    this.version = version;
    this.lane = lane;
    this.isTensors = isTensors;
    this.input = input;
    this.priority = priority;
    this.key = key;
    this.acceptedAt = acceptedAt;
  }
}

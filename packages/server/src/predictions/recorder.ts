import type { Prediction } from '../engine/engine-types.ts';
import type { AppError } from '../errors.ts';
import { boundedCopy } from './bounded-copy.ts';
import type { NewPrediction, PredictionRepository } from './repository.ts';
import type { Caller } from './service.ts';
import { createUuidV7 } from './uuid-v7.ts';

type Outcome =
  | { readonly model: string; readonly input: unknown; readonly answer: Prediction }
  | {
      readonly model: string;
      readonly version: string | undefined;
      readonly input: unknown;
      readonly error: AppError;
    };

interface Options {
  readonly repository: Pick<PredictionRepository, 'insertMany'>;
  /** Most records held in memory; further ones are dropped and counted. */
  readonly bufferMax?: number;
  /** How long a record waits to be written with others, in milliseconds. */
  readonly flushEveryMs?: number;
  readonly logger: { warn(details: object, message: string): void };
  readonly onDropped?: (count: number) => void;
}

const rowsPerInsert = 250;

export type Recorder = ReturnType<typeof createRecorder>;

/**
 * Records predictions off the hot path: `record` only appends to a list, a timer writes it in bulk. A database that
 * is down costs records, never predictions: what it refuses is kept up to `bufferMax` and then dropped, and counted.
 */
export function createRecorder({
  repository,
  bufferMax = 20_000,
  flushEveryMs = 200,
  logger,
  onDropped,
}: Options) {
  let waiting: { caller: Caller; outcome: Outcome; id: string; createdAt: Date; totalMs: number }[] = [];
  let dropped = 0;
  let writing: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isFailing = false;

  return {
    record,
    /** Writes what waits; resolves when it is written, or dropped because the database refused it. */
    flush,
    close,
    waitingCount: () => waiting.length,
    droppedCount: () => dropped,
  };

  function record(caller: Caller, outcome: Outcome): void {
    if (waiting.length >= bufferMax) {
      drop(1);
      return;
    }
    const totalMs = performance.now() - caller.startedAt;
    waiting.push({ caller, outcome, id: createUuidV7(), createdAt: new Date(), totalMs });
    timer ??= setTimeout(() => void flush(), flushEveryMs);
  }

  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    writing ??= writeAll().finally(() => {
      writing = undefined;
      if (waiting.length > 0)
        timer ??= setTimeout(() => void flush(), isFailing ? 10 * flushEveryMs : flushEveryMs);
    });
    return writing;
  }

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, rowsPerInsert);
      try {
        await repository.insertMany(batch.map(toRow));
        isFailing = false;
      } catch (error) {
        if (!isFailing) logger.warn({ err: error }, 'predictions cannot be recorded; trying again');
        isFailing = true;
        const room = Math.max(0, bufferMax - waiting.length);
        if (batch.length > room) drop(batch.length - room);
        waiting = [...batch.slice(0, room), ...waiting];
        return;
      }
    }
  }

  /** Writes what waits, once; what the database refuses now is lost, and counted. */
  async function close(): Promise<void> {
    await flush();
    // records may have come while an earlier flush was under way
    if (waiting.length > 0 && !isFailing) await flush();
    clearTimeout(timer);
    if (waiting.length > 0) drop(waiting.length);
    waiting = [];
  }

  function drop(count: number): void {
    dropped += count;
    onDropped?.(count);
  }
}

function toRow({
  caller,
  outcome,
  id,
  createdAt,
  totalMs,
}: {
  caller: Caller;
  outcome: Outcome;
  id: string;
  createdAt: Date;
  totalMs: number;
}): NewPrediction {
  const input = boundedCopy(outcome.input);
  const common = {
    id,
    createdAt,
    requestId: caller.requestId,
    model: outcome.model,
    caller: caller.principal.name,
    door: caller.door,
    totalMs,
  };
  if ('error' in outcome) {
    return {
      ...common,
      modelVersion: outcome.version ?? 'default',
      outcome: 'failed',
      errorCode: outcome.error.code,
      cached: false,
      batchSize: 0,
      queueMs: 0,
      computeMs: 0,
      input: input.json,
      output: null,
      truncated: input.truncated,
    };
  }
  const { version, cached, batchSize, queueMs, computeMs } = outcome.answer;
  const output = boundedCopy(outcome.answer.output);
  return {
    ...common,
    modelVersion: version,
    outcome: 'succeeded',
    errorCode: null,
    cached,
    batchSize,
    queueMs,
    computeMs,
    input: input.json,
    output: output.json,
    truncated: input.truncated || output.truncated,
  };
}

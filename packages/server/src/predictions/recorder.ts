import type { Prediction } from '../engine/engine-types.ts';
import { AppError } from '../errors.ts';
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

interface Waiting {
  readonly caller: Caller;
  readonly outcome: Outcome;
  readonly id: string;
  readonly createdAt: Date;
  readonly totalMs: number;
}

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
  let waiting: Waiting[] = [];
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
      const left = await write(waiting.splice(0, rowsPerInsert));
      isFailing = left.length > 0;
      if (!isFailing) continue;
      const room = Math.max(0, bufferMax - waiting.length);
      drop(Math.max(0, left.length - room));
      waiting = [...left.slice(0, room), ...waiting];
      return;
    }
  }

  /** Gives back what could not be written now because the database is down. */
  async function write(batch: readonly Waiting[]): Promise<readonly Waiting[]> {
    try {
      await repository.insertMany(batch.map(toRow));
      return [];
    } catch (error) {
      if (error instanceof AppError && error.code === 'DATABASE_UNAVAILABLE') {
        if (!isFailing) logger.warn({ err: error.cause }, 'predictions cannot be recorded; trying again');
        return batch;
      }
      return writeHalves(batch, error);
    }
  }

  /** The database is up, so a row is at fault: only that one is lost, not those it came with. */
  async function writeHalves(batch: readonly Waiting[], error: unknown): Promise<readonly Waiting[]> {
    if (batch.length === 1) {
      logger.warn({ err: error }, 'a prediction cannot be recorded; dropped');
      drop(1);
      return [];
    }
    const half = Math.ceil(batch.length / 2);
    const left = await write(batch.slice(0, half));
    return left.length > 0 ? [...left, ...batch.slice(half)] : write(batch.slice(half));
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
    if (count === 0) return;
    dropped += count;
    onDropped?.(count);
  }
}

function toRow({ caller, outcome, id, createdAt, totalMs }: Waiting): NewPrediction {
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

import type { Prediction } from '../engine/engine-types.ts';
import { AppError } from '../errors.ts';
import { createUuidV7 } from '../uuid-v7.ts';
import { boundedCopy } from './bounded-copy.ts';
import type { NewPrediction, PredictionRepository } from './repository.ts';
import type { Caller } from './service.ts';

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
  /** Most rows written in a second, so that recording never takes the machine from predicting. */
  readonly rowsPerSecondMax?: number;
  readonly logger: { warn(details: object, message: string): void };
  readonly onDropped?: (count: number) => void;
}

const rowsPerInsert = 250;

export type Recorder = ReturnType<typeof createRecorder>;

/**
 * Records predictions off the hot path: `record` only appends a small row to a list, a timer writes the list in bulk,
 * and no faster than `rowsPerSecondMax`: an embedded database shares the machine with the models. What does not fit
 * into `bufferMax`, because predictions are faster or the database is down, is dropped and counted: records are lost,
 * never predictions.
 */
export function createRecorder({
  repository,
  bufferMax = 10_000,
  flushEveryMs = 200,
  rowsPerSecondMax = 1000,
  logger,
  onDropped,
}: Options) {
  let waiting: NewPrediction[] = [];
  let dropped = 0;
  let writing: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isFailing = false;

  return {
    record,
    /** Writes what waits; resolves when it is written, or dropped because the database refused it. */
    flush: async () => {
      // one that is under way may have been told to write some only
      await writing;
      await flush();
    },
    close,
    waitingCount: () => waiting.length,
    droppedCount: () => dropped,
  };

  function record(caller: Caller, outcome: Outcome): void {
    if (waiting.length >= bufferMax) {
      drop(1);
      return;
    }
    // a bounded copy at once: a list of whole inputs, with their images, would have no bound
    waiting.push(toRow(caller, outcome));
    timer ??= setTimeout(writeSome, flushEveryMs);
  }

  function writeSome(): void {
    void flush(Math.ceil((rowsPerSecondMax * flushEveryMs) / 1000));
  }

  function flush(rowsMax = Number.POSITIVE_INFINITY): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    writing ??= writeUpTo(rowsMax).finally(() => {
      writing = undefined;
      if (waiting.length > 0) timer ??= setTimeout(writeSome, isFailing ? 10 * flushEveryMs : flushEveryMs);
    });
    return writing;
  }

  async function writeUpTo(rowsMax: number): Promise<void> {
    for (let rows = 0; rows < rowsMax && waiting.length > 0; rows += rowsPerInsert) {
      const left = await write(waiting.splice(0, Math.min(rowsPerInsert, rowsMax - rows)));
      isFailing = left.length > 0;
      if (!isFailing) continue;
      const room = Math.max(0, bufferMax - waiting.length);
      drop(Math.max(0, left.length - room));
      waiting = [...left.slice(0, room), ...waiting];
      return;
    }
  }

  /** Gives back what could not be written now because the database is down. */
  async function write(batch: readonly NewPrediction[]): Promise<readonly NewPrediction[]> {
    try {
      await repository.insertMany(batch);
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
  async function writeHalves(
    batch: readonly NewPrediction[],
    error: unknown,
  ): Promise<readonly NewPrediction[]> {
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
    await writing;
    await flush();
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

function toRow(caller: Caller, outcome: Outcome): NewPrediction {
  const input = boundedCopy(outcome.input);
  const common = {
    id: createUuidV7(),
    createdAt: new Date(),
    requestId: caller.requestId,
    model: outcome.model,
    caller: caller.principal.name,
    owner: caller.principal.owner,
    door: caller.door,
    totalMs: performance.now() - caller.startedAt,
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

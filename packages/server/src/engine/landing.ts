import { AppError } from '../errors.ts';
import type { Batcher } from './batcher.ts';
import type { Slice } from './bulk/slice.ts';
import { deepFreeze } from './deep-freeze.ts';
import { itemFailed, predictionFailed, workerCrashed } from './engine-errors.ts';
import type { BatchFacts, EngineObserver } from './engine-types.ts';
import type { Flight } from './flight.ts';
import type { PredictionCache } from './prediction-cache.ts';
import type { SharedFlights } from './shared-flights.ts';
import { ThreadEndedError } from './thread-ended.ts';
import type { WaitingRoom } from './waiting-room.ts';
import type { RunReply } from './worker/protocol.ts';

interface Needs {
  readonly flights: Pick<SharedFlights, 'land'>;
  readonly cache: Pick<PredictionCache, 'add'>;
  readonly room: Pick<WaitingRoom, 'answer' | 'fail'>;
  readonly batcher: Pick<Batcher<Flight | Slice>, 'addAlone'>;
  readonly observer: EngineObserver;
}

/** What becomes of the flights of a batch once it is over: an answer, a failure of their own, or another try. */
export function createLanding({ flights, cache, room, batcher, observer }: Needs) {
  return { settle, recover };

  /** After a batch that came back. */
  function settle(batch: readonly Flight[], reply: RunReply, way: BatchFacts['way']): void {
    const { outputs, failures, runMs, computeMs } = reply;
    observeBatch(batch, { runMs, computeMs, way });
    for (const failure of failures) {
      // the thread answers with indexes into this batch
      const flight = batch[failure.index] as Flight;
      flights.land(flight);
      room.fail(flight, itemFailed(flight.version.file.model, failure));
    }
    const failed = failures.length > 0 ? new Set(failures.map(({ index }) => index)) : null;
    for (const [index, flight] of batch.entries()) {
      if (failed?.has(index)) continue;
      const output = deepFreeze(outputs[index]);
      flights.land(flight);
      if (flight.key !== null) cache.add(flight.key, output);
      const { version } = flight.version.file;
      room.answer(flight, { version, output, cached: false, batchSize: batch.length, computeMs });
    }
  }

  function observeBatch(
    batch: readonly Flight[],
    facts: Pick<BatchFacts, 'runMs' | 'computeMs' | 'way'>,
  ): void {
    if (!observer.onBatch) return;
    const [{ version, startedAt }] = batch as [Flight, ...Flight[]];
    let queueMs = 0;
    for (const { acceptedAt } of batch) queueMs = Math.max(queueMs, startedAt - acceptedAt);
    observer.onBatch({
      model: version.file.model,
      version: version.file.version,
      size: batch.length,
      queueMs,
      ...facts,
    });
  }

  /** After a batch that came to nothing: another try alone, or the end. */
  function recover(flight: Flight, batchSize: number, error: unknown): void {
    const { model } = flight.version.file;
    const isCrash = error instanceof ThreadEndedError;
    const isLastTry = isCrash ? flight.hasCrashed : error instanceof AppError || batchSize === 1;
    if (isLastTry) {
      flights.land(flight);
      room.fail(
        flight,
        error instanceof AppError
          ? error
          : isCrash
            ? workerCrashed(model, error)
            : predictionFailed(model, error),
      );
    } else if (flight.callers.size > 0) {
      flight.hasCrashed ||= isCrash;
      batcher.addAlone(flight.lane, flight);
    }
  }
}

import { deadlineExceeded, overloaded, requestCancelled, serverStopping } from '../engine-errors.ts';
import { LoopTurns } from '../loop-turns.ts';
import type { ReadyVersion } from '../model-catalog.ts';
import type { InlineRunner } from './inline-runner.ts';

interface Needs {
  readonly inline: Pick<InlineRunner, 'bulkOf'>;
  readonly queueMsMax: number;
}

/** A call for many items at once. */
export interface InlineCall {
  readonly version: ReadyVersion;
  readonly count: number;
  readonly signal?: AbortSignal | undefined;
  readonly acceptedAt: number;
  readonly deadlineAt: number;
  /** Runs the items from `start` to `end`. @returns false when the model has left the event loop */
  readonly runBatch: (start: number, end: number) => boolean;
}

export type InlineCalls = ReturnType<typeof createInlineCalls>;

/** Runs large calls of micro models on the event loop: batch by batch, one a turn, whichever call it is of. */
export function createInlineCalls({ inline, queueMsMax }: Needs) {
  const turns = new LoopTurns();
  let itemsWaiting = 0;
  let isClosed = false;

  return {
    run,
    waiting: () => itemsWaiting,
    /** What is under way ends with SERVER_STOPPING. */
    close: () => {
      isClosed = true;
    },
  };

  /**
   * As far as the model is, and stays, on the event loop.
   *
   * @returns how many items were run, from the first
   * @throws AppError when none of the others can be
   */
  async function run(call: InlineCall): Promise<number> {
    const { version, count } = call;
    const bulk = inline.bulkOf(version.file.key);
    if (!bulk) return 0;
    const waitMs = itemsWaiting * bulk.batchItemMs;
    if (waitMs > queueMsMax) throw overloaded(version.file.model, itemsWaiting, Math.ceil(waitMs / 1000));
    itemsWaiting += count;
    try {
      let done = 0;
      while (done < count) {
        await turns.next();
        if (isClosed) throw serverStopping();
        checkIsWanted(call);
        // it may have become smaller meanwhile
        const { batchSizeMax } = inline.bulkOf(version.file.key) ?? bulk;
        const end = Math.min(count, done + batchSizeMax);
        if (!call.runBatch(done, end)) break;
        done = end;
      }
      return done;
    } finally {
      itemsWaiting -= count;
    }
  }
}

function checkIsWanted({ signal, deadlineAt, acceptedAt }: InlineCall): void {
  if (signal?.aborted) throw requestCancelled();
  const now = performance.now();
  if (deadlineAt <= now) throw deadlineExceeded(now - acceptedAt);
}

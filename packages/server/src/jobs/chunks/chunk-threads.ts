import { toChunkError } from '../../datasets/table/read-errors.ts';
import { createTurns } from '../../datasets/table/turns.ts';
import { ThreadEndedError } from '../../engine/thread-ended.ts';
import { ThreadSlot } from '../../engine/thread-slot.ts';
import type { ChunkTask, ChunkThreadData, ChunkThreadTask, ReplyTo } from './protocol.ts';

interface Options {
  readonly threads: number;
  /** Whether somebody asks for predictions at this process, and waits for them. */
  readonly isLive: () => boolean;
  readonly threadData: ChunkThreadData;
  /** Processor time that a chunk may take before its thread counts as stuck. */
  readonly stuckMs: number;
  readonly logger: { warn(fields: object, message: string): void };
}

/** One thread, from its first chunk until it has had nothing to do for a while. */
interface Seat {
  readonly slot: ThreadSlot<ChunkThreadTask>;
  /** Rejects when the thread could not be started. */
  readonly ready: Promise<void>;
  isTaken: boolean;
  /** Of the thread, when its present chunk began. */
  cpuMsBefore: Promise<number | null>;
}

/** Threads hold a model, DuckDB and their own heap: they go when they are not needed. */
const idleMs = 30_000;
const watchMs = 500;
/** On a busy machine these threads wait for a processor most of the time: a chunk may take so many times as long as it computes. */
const starvedFactor = 10;
const closeMs = 5_000;

export type ChunkThreads = ReturnType<typeof createChunkThreads>;

/**
 * Threads that do chunks of jobs from file to file, each with everything that takes: they give way to the event loops and
 * to the threads of models, and leave nothing to do for either. They are started by the first chunk. While predictions are
 * asked for, one of them begins nothing.
 */
export function createChunkThreads({ threads, isLive, threadData, stuckMs, logger }: Options) {
  const seats = new Set<Seat>();
  // however willing they are to give way: what they hold of the caches and of the way to memory, they hold
  const inTurn = createTurns(() => (isLive() ? Math.max(1, threads - 1) : threads));
  let idleTimer: NodeJS.Timeout | undefined;
  let watchTimer: NodeJS.Timeout | undefined;

  return { threads, begin, run, close };

  /** Starts threads for so many chunks, where there are not as many, for whoever will need them in a moment. */
  function begin(chunks: number): void {
    while (seats.size < Math.min(threads, chunks)) {
      const seat = addSeat();
      seat.ready.catch(() => leaveSeat(seat));
    }
    leaveWhenIdle();
  }

  /**
   * @throws ThreadEndedError when the thread ended meanwhile, whatever the reason; the signal's reason when it is aborted,
   *   which leaves the thread to finish what it does; AppError TABLE_MEMORY_EXCEEDED, STORAGE_UNAVAILABLE
   */
  function run<Task extends ChunkTask>(task: Task, signal: AbortSignal): Promise<ReplyTo<Task>> {
    if (signal.aborted) return Promise.reject(signal.reason);
    const { promise, resolve, reject } = Promise.withResolvers<ReplyTo<Task>>();
    const leave = () => reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
    inTurn(() => runInSeat(task), signal)
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', leave));
    return promise;
  }

  async function runInSeat<Task extends ChunkTask>(task: Task): Promise<ReplyTo<Task>> {
    clearTimeout(idleTimer);
    watchTimer ??= setInterval(watch, watchMs).unref();
    const seat = takeSeat();
    seat.isTaken = true;
    try {
      await seat.ready;
      // it may have ended while it had nothing to do
      if (!seat.slot.isIdle) throw new ThreadEndedError('exit', undefined);
      seat.cpuMsBefore = seat.slot.cpuMs();
      return await seat.slot.run<ReplyTo<Task>>(task);
    } catch (error) {
      // a thread that ended, or never began: the next chunk gets another
      if (!seat.slot.isIdle) leaveSeat(seat);
      throw toChunkError(error, threadData.tableMemoryMb);
    } finally {
      seat.isTaken = false;
      leaveWhenIdle();
    }
  }

  function leaveWhenIdle(): void {
    clearTimeout(idleTimer);
    idleTimer = setTimeout(closeIfIdle, idleMs).unref();
  }

  function takeSeat(): Seat {
    for (const seat of seats) if (!seat.isTaken) return seat;
    return addSeat();
  }

  function addSeat(): Seat {
    const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
    ready.catch(() => {}); // whoever takes the seat is told
    const slot: ThreadSlot<ChunkThreadTask> = new ThreadSlot<ChunkThreadTask>({
      threadData,
      workerFile: new URL('./chunk-thread.ts', import.meta.url),
      load: async () => {},
      onChange: () => {},
      onThreadExit: (reason, error) => logger.warn({ reason, err: error }, 'a thread of jobs ended'),
      onStartFailed: (_attempt, error) => reject(new ThreadEndedError('exit', error)),
    });
    const seat: Seat = { slot, ready, isTaken: false, cpuMsBefore: Promise.resolve(null) };
    seats.add(seat);
    void slot.bringUp().then(resolve, reject);
    return seat;
  }

  function leaveSeat(seat: Seat): void {
    seats.delete(seat);
    void seat.slot.close(0);
  }

  function watch(): void {
    for (const seat of seats) {
      const { slot } = seat;
      const busyMs = slot.busyMs(performance.now());
      if (busyMs >= starvedFactor * stuckMs) slot.end('stuck');
      else if (busyMs >= watchMs) void lookAt(seat);
    }
  }

  async function lookAt({ slot, cpuMsBefore }: Seat): Promise<void> {
    if (await slot.isHeapTooLarge()) slot.end('heap');
    if (slot.busyMs(performance.now()) < stuckMs) return;
    const [before, now] = await Promise.all([cpuMsBefore, slot.cpuMs()]);
    // it may have begun another chunk meanwhile
    const isStill = slot.busyMs(performance.now()) >= stuckMs;
    if (isStill && before !== null && now !== null && now - before >= stuckMs) slot.end('stuck');
  }

  function closeIfIdle(): void {
    if (![...seats].some(({ isTaken }) => isTaken)) void close();
  }

  /** Ends the threads, each after its chunk. */
  async function close(): Promise<void> {
    clearTimeout(idleTimer);
    clearInterval(watchTimer);
    watchTimer = undefined;
    const closing = [...seats].map(({ slot }) => slot.close(closeMs));
    seats.clear();
    await Promise.all(closing);
  }
}

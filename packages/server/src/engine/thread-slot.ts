import { setTimeout as sleep } from 'node:timers/promises';
import { Piscina } from 'piscina';
import type { ThreadExitReason } from './engine-types.ts';
import { HeapWatch, hardHeapLimitMb } from './heap-watch.ts';
import { exitReasonOf, ThreadEndedError } from './thread-ended.ts';
import type { HelloReply, HelloTask, ThreadData, ThreadTask } from './worker/protocol.ts';
import { SessionGate } from './worker/session-gate.ts';

export interface SlotOptions<Task = ThreadTask> {
  readonly threadData: ThreadData;
  /** The thread's code, when it is not the usual: a module with `runTask`, which answers a {@link HelloTask} too. */
  readonly workerFile?: URL;
  /** Bound of the part of the thread's heap for young objects, of which V8 keeps what it once had; without it, 96. */
  readonly youngHeapMbMax?: number;
  /** Loads the models on a thread that just started. A {@link ThreadEndedError} makes the slot begin again. */
  readonly load: (slot: ThreadSlot<Task>) => Promise<void>;
  /** The slot went up or down. */
  readonly onChange: () => void;
  readonly onThreadExit: (reason: ThreadExitReason, error: unknown) => void;
  /** A thread ended before it ran its first task; `attempt` counts them in a row. */
  readonly onStartFailed: (attempt: number, error: unknown) => void;
}

type SlotState = 'starting' | 'idle' | 'busy' | 'ending' | 'closed';

const restartMsMin = 100;
const restartMsMax = 30_000;

/**
 * A place for one worker thread, and the thread that is in it now.
 *
 * It is a Piscina of one thread, which starts, feeds and replaces it. One pool for all threads would not do: it
 * hides which thread runs what and behind whose gate, it stops replacing any thread once one has failed to start,
 * and its `close` can end a second thread mid-run (5.3.2 counts one finished task as all of them).
 */
export class ThreadSlot<Task = ThreadTask> {
  readonly #options: SlotOptions<Task>;
  #pool: Piscina;
  #state: SlotState = 'starting';
  #gate: SessionGate | undefined;
  /** Counts threads, so that work begun on one is not continued on the next. */
  #life = 0;
  #lastError: unknown;
  #heapWatch: HeapWatch;
  #isReadingHeap = false;
  #endedFor: 'stuck' | 'heap' | undefined;
  /** Whether the present thread got as far as `idle`: then `bringUp` is over, and its successor needs a new one. */
  #wasUp = false;
  #busySince: number | undefined;
  #task: Promise<unknown> = Promise.resolve();

  constructor(options: SlotOptions<Task>) {
    this.#options = options;
    this.#heapWatch = new HeapWatch(options.threadData.heapMb);
    this.#pool = this.#openPool();
  }

  get isUp(): boolean {
    return this.#state === 'idle' || this.#state === 'busy';
  }

  get isIdle(): boolean {
    return this.#state === 'idle';
  }

  /** How long the thread has been at its present load or run; 0 when it has none. */
  busyMs(now: number): number {
    return this.#busySince === undefined || !this.#gate ? 0 : now - this.#busySince;
  }

  /**
   * Makes the thread ready for work. Begins again when the thread ends meanwhile, and waits longer each time it ends
   * before its first task, so that a thread that cannot start costs next to nothing.
   */
  async bringUp(): Promise<void> {
    for (let failures = 0; this.#state !== 'closed'; ) {
      try {
        const { gate } = await this.#hello();
        this.#gate = new SessionGate(gate);
        failures = 0;
        await this.#options.load(this);
        this.#wasUp = true;
        return this.#become('idle');
      } catch (error) {
        if (!(error instanceof ThreadEndedError)) throw error;
        if (this.#gate || this.#isClosed()) continue; // it had started: Piscina has put the next one in its place
        failures += 1;
        this.#options.onStartFailed(failures, error.cause ?? error);
        await sleep(Math.min(restartMsMin * 2 ** failures, restartMsMax), undefined, { ref: false });
        this.#replacePool();
      }
    }
  }

  /** Runs a batch. The slot must be idle. */
  async run<Reply>(task: Task): Promise<Reply> {
    this.#state = 'busy';
    try {
      return await this.send<Reply>(task);
    } finally {
      if (this.#state === 'busy') this.#state = 'idle';
    }
  }

  /** Sends a task to the present thread. @throws ThreadEndedError when it ended meanwhile */
  async send<Reply>(task: Task | HelloTask): Promise<Reply> {
    if (this.#isClosed()) throw new ThreadEndedError('exit', undefined);
    const life = this.#life;
    this.#busySince = performance.now();
    const running: Promise<Reply> = this.#pool.run(task);
    this.#task = running;
    try {
      const reply = await running;
      if (life !== this.#life) throw new ThreadEndedError('exit', undefined);
      return reply;
    } catch (error) {
      if (life === this.#life || error instanceof ThreadEndedError) throw error;
      this.#lastError = error;
      throw new ThreadEndedError(this.#endedFor ?? exitReasonOf(error), error);
    } finally {
      this.#busySince = undefined;
    }
  }

  /** Processor time that the present thread has taken so far, in milliseconds, as soon as it can be told; null when it cannot. */
  async cpuMs(): Promise<number | null> {
    const life = this.#life;
    // rejects when the thread ends meanwhile
    const usage = await this.#pool.threads[0]?.cpuUsage().catch(() => undefined);
    return usage && life === this.#life ? (usage.user + usage.system) / 1000 : null;
  }

  /** Whether the thread's heap has outgrown its limit. Asks the thread between two steps of its JavaScript. */
  async isHeapTooLarge(): Promise<boolean> {
    if (this.#isReadingHeap) return false;
    const life = this.#life;
    this.#isReadingHeap = true;
    // rejects when the thread ends meanwhile; answered late when it is in native code
    const heap = await this.#pool.threads[0]?.getHeapStatistics().catch(() => undefined);
    this.#isReadingHeap = false;
    if (!heap || life !== this.#life) return false;
    return this.#heapWatch.isTooLarge(heap.used_heap_size, performance.now());
  }

  /**
   * Ends a thread in the middle of a task; the task fails with a {@link ThreadEndedError}.
   *
   * @returns false when it is inside ONNX Runtime, where ending it would abort the whole process
   */
  end(reason: 'stuck' | 'heap'): boolean {
    if (this.#state === 'ending') return true;
    if (!this.#gate?.tryClose()) return false;
    this.#endedFor = reason;
    this.#become('ending');
    void this.#pool.threads[0]?.terminate();
    return true;
  }

  /**
   * Ends the thread once its task is over.
   *
   * @returns false when the task was not over in time and the thread cannot be ended: it is left behind
   */
  async close(graceMs: number): Promise<boolean> {
    this.#become('closed');
    const isOver = await Promise.race([
      this.#task.then(
        () => true,
        () => true,
      ),
      sleep(graceMs, false, { ref: false }),
    ]);
    if (!isOver) {
      if (this.#gate?.tryClose() === false) return false;
      await this.#pool.threads[0]?.terminate();
    }
    await this.#pool.close();
    return true;
  }

  #openPool(): Piscina {
    const { youngHeapMbMax } = this.#options;
    const pool = new Piscina({
      filename: (this.#options.workerFile ?? new URL('./worker/onnx-worker.ts', import.meta.url)).href,
      name: 'runTask',
      workerData: this.#options.threadData,
      minThreads: 1,
      maxThreads: 1,
      concurrentTasksPerWorker: 1,
      idleTimeout: Number.POSITIVE_INFINITY,
      // no slower here than 'sync' or 'async' (0.09 ms for one caller, all three), and the thread's event loop runs
      // between tasks: an error that a pipeline left behind comes up there, not in the next caller's batch
      atomics: 'disabled',
      recordTiming: false,
      // past this time `close` would end threads mid-run; `close` below sees to the time itself
      closeTimeout: 2 ** 31 - 1,
      resourceLimits: {
        maxOldGenerationSizeMb: hardHeapLimitMb(this.#options.threadData.heapMb),
        ...(youngHeapMbMax !== undefined && { maxYoungGenerationSizeMb: youngHeapMbMax }),
      },
    });
    // without a listener, an error in an idle thread would end the process
    pool.on('error', (error) => {
      this.#lastError = error;
    });
    pool.on('workerDestroy', () => this.#onThreadGone(pool));
    return pool;
  }

  #replacePool(): void {
    const old = this.#pool;
    this.#pool = this.#openPool();
    void old.close({ force: true });
  }

  /** The first task of a thread. Piscina keeps tasks for a thread that is still starting, also when it never does. */
  #hello(): Promise<HelloReply> {
    this.#gate = undefined;
    const { promise, resolve, reject } = Promise.withResolvers<HelloReply>();
    const pool = this.#pool;
    const onGone = () => setImmediate(() => reject(new ThreadEndedError('exit', this.#lastError)));
    pool.once('workerDestroy', onGone);
    this.send<HelloReply>({ kind: 'hello' })
      .then(resolve, reject)
      .finally(() => pool.off('workerDestroy', onGone));
    return promise;
  }

  #onThreadGone(pool: Piscina): void {
    if (pool !== this.#pool || this.#isClosed()) return;
    const wasUp = this.#wasUp;
    const hadStarted = this.#gate !== undefined;
    this.#life += 1;
    this.#heapWatch = new HeapWatch(this.#options.threadData.heapMb);
    this.#wasUp = false;
    this.#become('starting');
    // Piscina says why only after this: by rejecting the task, or by its error event
    setImmediate(() => {
      const error = this.#lastError;
      const reason = this.#endedFor ?? exitReasonOf(error);
      this.#lastError = undefined;
      this.#endedFor = undefined;
      if (hadStarted) this.#options.onThreadExit(reason, error);
      if (wasUp) void this.bringUp();
    });
  }

  #become(state: SlotState): void {
    if (this.#state === 'closed') return;
    this.#state = state;
    this.#options.onChange();
  }

  #isClosed(): boolean {
    return this.#state === 'closed';
  }
}

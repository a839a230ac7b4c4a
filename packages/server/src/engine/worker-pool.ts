import type { EngineLogger, EngineObserver } from './engine-types.ts';
import { ThreadEndedError } from './thread-ended.ts';
import { ThreadSlot } from './thread-slot.ts';
import type {
  LoadedReply,
  LoadReply,
  ReplyOf,
  RunTask,
  SettleReply,
  SliceTask,
  ThreadData,
  VersionFile,
} from './worker/protocol.ts';

export interface WorkerPoolOptions {
  readonly threads: number;
  readonly stuckMs: number;
  readonly threadData: ThreadData;
  /** The versions that a thread has to load; asked again for each thread, since some may have failed. */
  readonly listFiles: () => readonly VersionFile[];
  readonly onLoaded: (file: VersionFile, reply: LoadedReply) => void;
  /** A version cannot be served, and is not loaded on any thread from now on. */
  readonly onFailed: (file: VersionFile, reason: string) => void;
  /** The number of threads that take batches has changed. */
  readonly onCapacity: (threads: number) => void;
  readonly logger: EngineLogger;
  readonly observer: EngineObserver;
}

/** A start gives up waiting for a thread after so many of its failures in a row; the slot itself tries on. */
const startAttemptsMax = 3;
/** How often busy threads are looked at. */
const watchMs = 50;
/**
 * Of a batch little lies on the heap: its tensors do not. A third of this is for new objects. With V8's 96 the heap of a
 * thread had 100 MiB after 100,000 predictions, with this 48; collecting young garbage took about as long.
 */
const youngHeapMbMax = 24;
/** A version that was served before gets a second try on a new thread, before it fails for all. */
const reloadAttemptsMax = 2;

/**
 * Threads with every model loaded, each taking one batch at a time. Replaces a thread that ends, and ends one that
 * is stuck in a pipeline's JavaScript.
 */
export function createWorkerPool(options: WorkerPoolOptions) {
  const { logger, observer } = options;
  const slots: ThreadSlot[] = [];
  const loadFailures = new Map<string, number>();
  const saidStuck = new Set<ThreadSlot>();
  let isStarted = false;
  let watchTimer: NodeJS.Timeout | undefined;

  return { start, run, close, capacity };

  /** Resolves when each thread is up or has failed to start often enough. */
  async function start(): Promise<void> {
    watchTimer = setInterval(watchSlots, watchMs).unref();
    await Promise.all(Array.from({ length: options.threads }, startSlot));
    isStarted = true;
  }

  /** Runs a batch, or a slice of a job, on an idle thread. @throws ThreadEndedError, or what the thread threw */
  function run<Task extends RunTask | SliceTask>(task: Task): Promise<ReplyOf<Task>> {
    const slot = slots.find(({ isIdle }) => isIdle);
    return slot ? slot.run<ReplyOf<Task>>(task) : Promise.reject(new Error('no thread is idle'));
  }

  /** Ends all threads after their present batch, those excepted that do not come out of a session. */
  async function close(): Promise<void> {
    clearInterval(watchTimer);
    const closed = await Promise.all(slots.map((slot) => slot.close(options.stuckMs)));
    const left = closed.filter((isClosed) => !isClosed).length;
    if (left > 0)
      logger.error({ threads: left }, 'threads that do not come out of ONNX Runtime are left behind');
  }

  function capacity(): number {
    return slots.filter(({ isUp }) => isUp).length;
  }

  function startSlot(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const slot: ThreadSlot = new ThreadSlot({
      threadData: options.threadData,
      youngHeapMbMax,
      load: loadAll,
      onChange: () => options.onCapacity(capacity()),
      onThreadExit(reason, error) {
        logger.warn({ reason, err: error }, 'a model thread ended and is replaced');
        observer.onThreadExit?.({ reason });
      },
      onStartFailed(attempt, error) {
        logger.error({ attempt, err: error }, 'a model thread could not start; trying again');
        if (attempt === startAttemptsMax) resolve();
      },
    });
    slots.push(slot);
    void slot.bringUp().then(resolve);
    return promise;
  }

  /** Loads one version after another, so that a thread that ends tells which of them ended it. */
  async function loadAll(slot: ThreadSlot): Promise<void> {
    for (const file of options.listFiles()) {
      let reply = await load(slot, file);
      while (!reply.ok && noteFailure(file, reply.reason)) reply = await load(slot, file);
      if (reply.ok) {
        loadFailures.delete(file.key);
        options.onLoaded(file, reply);
      }
    }
    await slot.send<SettleReply>({ kind: 'settle' });
  }

  async function load(slot: ThreadSlot, file: VersionFile): Promise<LoadReply> {
    try {
      return await slot.send<LoadReply>({ kind: 'load', file });
    } catch (error) {
      const reason =
        error instanceof ThreadEndedError
          ? `its thread ended (${error.reason}) while loading it`
          : String(error);
      noteFailure(file, reason);
      throw error;
    }
  }

  /** @returns whether to try once more */
  function noteFailure(file: VersionFile, reason: string): boolean {
    const failures = (loadFailures.get(file.key) ?? 0) + 1;
    loadFailures.set(file.key, failures);
    if (isStarted && failures < reloadAttemptsMax) return true;
    options.onFailed(file, reason);
    return false;
  }

  function watchSlots(): void {
    for (const slot of slots) {
      const busyMs = slot.busyMs(performance.now());
      if (busyMs < options.stuckMs) saidStuck.delete(slot);
      if (busyMs >= options.stuckMs) endStuck(slot, Math.round(busyMs));
      else if (busyMs >= watchMs) void endIfHeapIsTooLarge(slot);
    }
  }

  /** Tried again at every look: a thread may come out of its session and be stuck in JavaScript then. */
  function endStuck(slot: ThreadSlot, busyMs: number): void {
    if (slot.end('stuck') || saidStuck.has(slot)) return;
    saidStuck.add(slot);
    logger.error({ busyMs }, 'a model thread does not come out of ONNX Runtime; it cannot be ended there');
  }

  async function endIfHeapIsTooLarge(slot: ThreadSlot): Promise<void> {
    if (await slot.isHeapTooLarge()) slot.end('heap');
  }
}

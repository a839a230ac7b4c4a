import type { HeldState } from './repository.ts';

/** A job that this process runs. */
export interface Hold {
  readonly lease: string;
  /** Aborted when the job is to stop here. */
  readonly signal: AbortSignal;
  /** Whether another process has the job now. */
  isLost(): boolean;
  release(): void;
}

interface Needs {
  readonly readHeld: (ids: readonly string[]) => Promise<readonly HeldState[]>;
  readonly logger: { warn(details: object, message: string): void };
  readonly eachMs?: number;
}

interface Held {
  readonly lease: string;
  readonly controller: AbortController;
  isLost: boolean;
}

/**
 * The jobs that this process runs, and whether they should go on: one look at the database in each interval tells of the
 * wishes of callers at any process, and of leases that were lost.
 */
export function createHolds({ readHeld, logger, eachMs = 500 }: Needs) {
  const held = new Map<string, Held>();
  let timer: NodeJS.Timeout | undefined;
  let isLooking = false;
  let isStopping = false;

  return { add, nudge, stop };

  /** @param isLost - aborted when the queue has given the job to another process */
  function add({ id, lease, isLost }: { id: string; lease: string; isLost: AbortSignal }): Hold {
    const hold: Held = { lease, controller: new AbortController(), isLost: false };
    held.set(id, hold);
    if (isStopping) hold.controller.abort();
    isLost.addEventListener('abort', () => lose(hold), { once: true });
    timer ??= setInterval(() => void look(), eachMs);
    return {
      lease,
      signal: hold.controller.signal,
      isLost: () => hold.isLost,
      release() {
        if (held.get(id) === hold) held.delete(id);
        if (held.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      },
    };
  }

  /** Looks now: something was asked of a job at this process. */
  function nudge(id: string): void {
    if (held.has(id)) void look();
  }

  async function look(): Promise<void> {
    if (isLooking || held.size === 0) return;
    isLooking = true;
    // those of now: one that is taken meanwhile is not in what is read, or is with an older lease
    const asked = [...held];
    try {
      const states = new Map((await readHeld(asked.map(([id]) => id))).map((state) => [state.id, state]));
      for (const [id, hold] of asked) judge(hold, states.get(id));
    } catch (err) {
      // what cannot be read is not changed: every write asks for the lease again
      logger.warn({ err }, 'the jobs that run here could not be looked up');
    } finally {
      isLooking = false;
    }
  }

  function judge(hold: Held, now: HeldState | undefined): void {
    if (now?.lease !== hold.lease) lose(hold);
    else if (now.state !== 'running') hold.controller.abort();
  }

  function lose(hold: Held): void {
    hold.isLost = true;
    hold.controller.abort();
  }

  function stop(): void {
    isStopping = true;
    for (const { controller } of held.values()) controller.abort();
  }
}

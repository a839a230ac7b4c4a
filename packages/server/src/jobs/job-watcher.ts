import type { Job } from '@oriel/schemas';
import { AppError } from '../errors.ts';
import { isFinal } from './job-state.ts';
import type { EventCursor, JobEventRow } from './repository.ts';

interface Needs {
  readonly listEvents: (cursors: readonly EventCursor[]) => Promise<readonly JobEventRow[]>;
  readonly logger: { warn(details: object, message: string): void };
  /** How often to look, in milliseconds. */
  readonly eachMs?: number;
}

/** One who watches a job: what it has, and what came for it. */
interface Watcher {
  readonly jobId: string;
  revision: number;
  readonly waiting: Job[];
  wake: () => void;
}

export type JobWatcher = ReturnType<typeof createJobWatcher>;

/**
 * Tells of what happens to jobs, whichever process does it: one look at the table of events in each interval, for all jobs
 * that are watched in this process. The revisions of a job have no gaps and become visible in their order, so the events
 * after the one a watcher has are those it lacks.
 */
export function createJobWatcher({ listEvents, logger, eachMs = 250 }: Needs) {
  const watchers = new Set<Watcher>();
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let isLooking = false;
  let isAskedAgain = false;

  return { watch, next, nudge, stop };

  /**
   * The events of a job after the one that the caller has, as they happen; ends after the last that there will be, and
   * when the caller goes.
   *
   * @param from - the job as it is now; told first, unless the caller has it
   * @param revision - the last event that the caller has; null for none
   * @throws AppError SERVER_STOPPING: another process has the rest
   */
  async function* watch(from: Job, revision: number | null, signal?: AbortSignal): AsyncGenerator<Job, void> {
    // an event that was never told is one of another job, or made up
    const has = revision !== null && revision <= from.revision ? revision : null;
    if (has === null) yield from;
    if (isFinal(from.state) && (has === null || has === from.revision)) return;
    const watcher = add(from.id, has ?? from.revision);
    const ended = AbortSignal.any([stopping.signal, ...(signal ? [signal] : [])]);
    try {
      yield* eventsOf(watcher, from, ended);
    } finally {
      watchers.delete(watcher);
    }
  }

  async function* eventsOf(watcher: Watcher, from: Job, ended: AbortSignal): AsyncGenerator<Job, void> {
    ended.addEventListener('abort', () => watcher.wake(), { once: true });
    while (!ended.aborted) {
      const job = watcher.waiting.shift();
      if (job) {
        yield job;
        if (isFinal(job.state)) return;
      } else if (await isForgotten(watcher, from)) {
        // its events are no longer kept: the job as it ended stands for them
        return yield from;
      } else {
        await new Promise<void>((resolve) => {
          watcher.wake = resolve;
          if (watcher.waiting.length > 0 || ended.aborted) resolve();
        });
      }
    }
    if (stopping.signal.aborted) throw stoppingError();
  }

  async function isForgotten({ jobId, revision, waiting }: Watcher, { state }: Job): Promise<boolean> {
    if (!isFinal(state)) return false;
    const events = await listEvents([{ jobId, revision }]);
    // those that came in the meantime are not lost
    return events.length === 0 && waiting.length === 0;
  }

  /** The next that happens to a job; null when nothing does for so long, or the caller goes. */
  async function next(job: Job, ms: number, signal?: AbortSignal): Promise<Job | null> {
    // whole milliseconds: it takes no others, and what is left of a deadline has parts of one
    const late = AbortSignal.timeout(Math.max(0, Math.floor(ms)));
    const events = watch(job, job.revision, AbortSignal.any([late, ...(signal ? [signal] : [])]));
    try {
      const { value } = await events.next();
      return value ?? null;
    } catch (error) {
      // a server that stops still says what it knows
      if (stopping.signal.aborted) return null;
      throw error;
    } finally {
      await events.return();
    }
  }

  function add(jobId: string, revision: number): Watcher {
    if (stopping.signal.aborted) throw stoppingError();
    const watcher: Watcher = { jobId, revision, waiting: [], wake: () => undefined };
    watchers.add(watcher);
    timer ??= setInterval(() => void look(), eachMs);
    void look();
    return watcher;
  }

  /** Tells what this process has just made of a job. Those who lack what came before it get that first. */
  function nudge(job: Job): void {
    let isMissing = false;
    for (const watcher of watchers) {
      if (watcher.jobId !== job.id || watcher.revision >= job.revision) continue;
      if (watcher.revision === job.revision - 1) give(watcher, job);
      else isMissing = true;
    }
    if (isMissing) void look();
  }

  /** One look at a time; once more, where somebody asked for one meanwhile. Never throws. */
  async function look(): Promise<void> {
    isAskedAgain = true;
    if (isLooking) return;
    isLooking = true;
    while (isAskedAgain) {
      isAskedAgain = false;
      await lookOnce();
    }
    isLooking = false;
  }

  async function lookOnce(): Promise<void> {
    if (watchers.size === 0) {
      clearInterval(timer);
      timer = undefined;
      return;
    }
    try {
      for (const event of await listEvents(cursors())) deliver(event);
    } catch (err) {
      // the next look may find it up again; nothing is lost, since watchers keep their places
      logger.warn({ err }, 'the events of jobs could not be read');
    }
  }

  /** For each job, the place of the watcher that lacks most. */
  function cursors(): EventCursor[] {
    const least = new Map<string, number>();
    for (const { jobId, revision } of watchers)
      least.set(jobId, Math.min(revision, least.get(jobId) ?? revision));
    return [...least].map(([jobId, revision]) => ({ jobId, revision }));
  }

  function deliver({ jobId, revision, job }: JobEventRow): void {
    for (const watcher of watchers) {
      if (watcher.jobId === jobId && watcher.revision < revision) give(watcher, job);
    }
  }

  function give(watcher: Watcher, job: Job): void {
    watcher.revision = job.revision;
    watcher.waiting.push(job);
    watcher.wake();
  }

  /** Ends every watch, so that those who watch go to another process. */
  function stop(): void {
    clearInterval(timer);
    stopping.abort();
  }
}

function stoppingError(): AppError {
  return new AppError('SERVER_STOPPING', 'The server is stopping. Try again.', { retryAfterS: 1 });
}

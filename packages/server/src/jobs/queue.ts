import type { Pool } from 'pg';
import { type Db, fromPrisma, PgBoss } from 'pg-boss';
import type { Transaction } from '../db/transaction.ts';
import { AppError } from '../errors.ts';

/**
 * The lines that work waits in. Reading a file and scoring one are apart, so that somebody's upload does not wait behind
 * hours of scoring.
 */
export const queueNames = ['reading', 'scoring', 'webhooks', 'schedules', 'housekeeping'] as const;
export type QueueName = (typeof queueNames)[number];

/** What waits in line. */
export interface QueueEntry<T extends object = object> {
  /** The same each time that it is begun. */
  readonly id: string;
  readonly data: T;
  /** Aborted when this process has lost it to another. */
  readonly signal: AbortSignal;
}

export interface SendOptions {
  readonly id?: string;
  /** Whose it is: at most so many of one group run at once as {@link WorkOptions} say. */
  readonly group?: string;
  readonly priority?: number;
  readonly startAfterS?: number;
}

export interface WorkOptions {
  /** How many at once in this process. */
  readonly concurrency: number;
  readonly pollS: number;
  /** How many at once of one group, over all processes; about, when several are taken at the same instant. */
  readonly perGroupMax?: number;
}

export interface JobQueue {
  /** Makes its tables where there are none. */
  start(): Promise<void>;
  /** Puts work in line: in `tx`, so that it waits there if, and only if, the transaction ends well. */
  send(tx: Transaction, queue: QueueName, data: object, options?: SendOptions): Promise<void>;
  /** Takes work from a line. What throws, or whose process dies, is begun again, here or elsewhere. */
  work<T extends object>(
    queue: QueueName,
    options: WorkOptions,
    handle: (entry: QueueEntry<T>) => Promise<void>,
  ): Promise<void>;
  /** Makes this process look at a line now. */
  wake(queue: QueueName): void;
  /** Puts `data` in line again and again, once over all processes. `key` names it. */
  schedule(queue: QueueName, cron: string, options: { key: string; tz: string; data: object }): Promise<void>;
  unschedule(queue: QueueName, key: string): Promise<void>;
  /** @throws AppError INPUT_INVALID */
  checkCron(cron: string, tz: string): void;
  /** The first time that it says after another. */
  nextTime(cron: string, tz: string, after: Date): Date | undefined;
  /** Takes no more; resolves when what was taken is done. */
  stop(): Promise<void>;
}

interface Options {
  readonly pool: Pool;
  /** The schema of its tables. */
  readonly schema: string;
  readonly isEmbedded: boolean;
  readonly logger: { warn(details: object, message: string): void };
}

/**
 * A process that was not heard of for this long is dead, and what it held is begun again; the least that pg-boss takes.
 * With the interval below and the time until somebody looks, 11 to 16 seconds: looking more often keeps an idle server,
 * and its embedded database above all, busy for nothing.
 */
const heartbeatSeconds = 10;
const superviseSeconds = 5;
/** How often each worker would look by itself; it is told to, far sooner. */
const aloneSeconds = 60;

/**
 * What waits this long is thrown away; as long as it takes integers for. Left to itself it is two weeks, which a server
 * may be away for, or work wait behind other work.
 */
const retentionSeconds = 2 ** 31 - 1;

const noJob = '00000000-0000-0000-0000-000000000000';
/** Crashes count as retries, and whoever works counts for itself which are too many. */
const endless = { retryLimit: 100_000, retryDelay: 0, heartbeatSeconds, expireInSeconds: 24 * 3600 - 1 };
const optionsOf: Readonly<Record<QueueName, object>> = {
  reading: endless,
  scoring: endless,
  // from half a minute to three hours apart: a day in all
  webhooks: { retryLimit: 14, retryDelay: 30, retryBackoff: true, retryDelayMax: 10_800, heartbeatSeconds },
  schedules: { retryLimit: 5, retryDelay: 5, retryBackoff: true, heartbeatSeconds },
  housekeeping: { retryLimit: 3, retryDelay: 60, retryBackoff: true, heartbeatSeconds },
};

/** One that works on what waits in a line, one entry after the other. */
interface LineWorker {
  id: string;
  isBusy: boolean;
}

/**
 * Lines on pg-boss, in the same database as everything else, over the connections that there are: the embedded database
 * has few. It looks for work every few seconds, and at once when this process has put some there; nothing needs LISTEN, which
 * the embedded database does not have. One idle worker of a line looks for all of them, since each look costs the
 * database milliseconds: whoever finds something sends the next one to look for more.
 */
export function createJobQueue({ pool, schema, isEmbedded, logger }: Options): JobQueue {
  const boss = new PgBoss({
    db: overPool(pool),
    schema,
    superviseIntervalSeconds: superviseSeconds,
    monitorIntervalSeconds: superviseSeconds,
    // both are about a server's disks
    reindex: !isEmbedded,
    monitorVacuum: !isEmbedded,
  });
  // while the database is away it says so every second
  const warn = oncePerMinute((err: unknown) => logger.warn({ err }, 'the queue of jobs could not be served'));
  boss.on('error', warn);
  const lines = new Map<QueueName, { workers: LineWorker[]; timer: NodeJS.Timeout }>();

  /**
   * The embedded database belongs to this process alone: what is in somebody's hands as it starts is in those of a process
   * that is dead, and need not wait until that is noticed.
   */
  async function giveBack(name: QueueName): Promise<void> {
    const held = (await boss.findJobs(name)).filter(({ state }) => state === 'active').map(({ id }) => id);
    if (held.length > 0) await boss.fail(name, held);
  }

  /** The first that is idle: the others are told by it once there is something. */
  function lookWithOneOf(workers: readonly LineWorker[]): void {
    const idle = workers.find(({ isBusy }) => !isBusy);
    if (idle) boss.notifyWorker(idle.id);
  }

  return {
    async start() {
      await boss.start();
      for (const name of queueNames) {
        await boss.createQueue(name, { ...optionsOf[name], deleteAfterSeconds: 86_400 });
        // pg-boss looks a new line up once, and it must not do so inside of somebody's transaction: the embedded database
        // would keep it waiting for the end of that
        await boss.findJobs(name, { id: noJob });
        if (isEmbedded) await giveBack(name);
      }
    },

    async send(tx, queue, data, { id, group, priority, startAfterS } = {}) {
      await boss.send(queue, data, {
        db: fromPrisma(tx),
        retentionSeconds,
        ...(id !== undefined && { id }),
        ...(group !== undefined && { group: { id: group } }),
        ...(priority !== undefined && { priority }),
        ...(startAfterS !== undefined && { startAfter: startAfterS }),
      });
    },

    async work<T extends object>(
      queue: QueueName,
      { concurrency, pollS, perGroupMax }: WorkOptions,
      handle: (entry: QueueEntry<T>) => Promise<void>,
    ) {
      const workers: LineWorker[] = [];
      const options = {
        pollingIntervalSeconds: Math.max(pollS, aloneSeconds),
        ...(perGroupMax !== undefined && { groupConcurrency: perGroupMax }),
      };
      // one by one: of those that pg-boss makes together, only the first can be woken
      for (let i = 0; i < concurrency; i += 1) {
        const worker: LineWorker = { id: '', isBusy: false };
        worker.id = await boss.work<T>(queue, options, async ([job]) => {
          if (!job) return;
          worker.isBusy = true;
          lookWithOneOf(workers);
          try {
            await handle({ id: job.id, data: job.data, signal: job.signal });
          } finally {
            worker.isBusy = false;
            // it looks again as soon as this entry is written off
            boss.notifyWorker(worker.id);
          }
        });
        workers.push(worker);
      }
      const timer = setInterval(() => lookWithOneOf(workers), pollS * 1000).unref();
      lines.set(queue, { workers, timer });
    },

    wake(queue) {
      lookWithOneOf(lines.get(queue)?.workers ?? []);
    },

    schedule: (queue, cron, { key, tz, data }) => boss.schedule(queue, cron, data, { key, tz }),
    unschedule: (queue, key) => boss.unschedule(queue, key),

    checkCron(cron, tz) {
      try {
        boss.previewSchedule(cron, { tz, count: 1 });
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        const issues = [{ path: ['cron'], rule: 'cron', message: reason }];
        throw new AppError('INPUT_INVALID', `The schedule cannot be read: ${reason}`, { issues, cause });
      }
    },

    nextTime: (cron, tz, after) => boss.previewSchedule(cron, { tz, from: after, count: 1 })[0],

    async stop() {
      // not by pg-boss's own graceful way, which looks every half a second whether it may end
      for (const { timer } of lines.values()) clearInterval(timer);
      await Promise.all([...lines.keys()].map((name) => boss.offWork(name, { wait: true })));
      await boss.stop({ graceful: false });
    },
  };
}

function overPool(pool: Pool): Db {
  return {
    async executeSql(text, values) {
      const result: unknown = await pool.query(text, values);
      // of several statements there are several results; pg-boss takes them as they are, and its type leaves that out
      return result as { rows: unknown[] };
    },
  };
}

function oncePerMinute<T>(tell: (value: T) => void): (value: T) => void {
  let nextAt = 0;
  return (value) => {
    if (performance.now() < nextAt) return;
    nextAt = performance.now() + 60_000;
    tell(value);
  };
}

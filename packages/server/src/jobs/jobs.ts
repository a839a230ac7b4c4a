import type { Job, JobKind } from '@oriel/schemas';
import type { Pool } from 'pg';
import type { AuditService } from '../auth/audit/service.ts';
import type { SealedBox } from '../auth/oauth/sealed-box.ts';
import { schemaOfUrl } from '../db/connection-url.ts';
import type { Transaction } from '../db/transaction.ts';
import { createTransact } from '../db/transaction.ts';
import type { PrismaClient } from '../generated/prisma/client.ts';
import type { Idempotency } from '../idempotency/idempotency.ts';
import type { GuardedFetch } from '../net/guarded-fetch.ts';
import { createJobChanges, type EndedJob } from './job-changes.ts';
import type { JobRunner } from './job-runner.ts';
import { createJobWatcher } from './job-watcher.ts';
import { createJobQueue } from './queue.ts';
import { createJobRepository } from './repository.ts';
import type { ScheduleCall, ScheduleService } from './schedules.ts';
import { createJobService } from './service.ts';
import { createWebhooks, type WebhookCall } from './webhook.ts';
import { createWorker } from './worker.ts';

interface Options {
  readonly database: {
    readonly kind: 'embedded' | 'server';
    readonly url: string;
    readonly pool: Pool;
    readonly prisma: PrismaClient;
    ping(): Promise<void>;
  };
  readonly idempotency: Pick<Idempotency, 'once'>;
  readonly audit: Pick<AuditService, 'record'>;
  /** Seals the secrets of webhooks. */
  readonly openBox: () => Promise<SealedBox>;
  readonly fetch: GuardedFetch;
  readonly onEnded: (ended: EndedJob, tx: Transaction) => Promise<void>;
  /** Whether an owner may still do anything. */
  readonly isOwnerActive: (owner: string) => Promise<boolean>;
  readonly onRows: (kind: JobKind, rows: number, failed: number) => void;
  readonly onError: (kind: JobKind, code: string) => void;
  readonly limits: {
    readonly perUserMax: number;
    readonly runningPerUserMax: number;
    readonly togetherMs: number;
  };
  readonly logger: {
    info(details: object, message: string): void;
    warn(details: object, message: string): void;
    error(details: object, message: string): void;
  };
}

/** What this process does of the work that waits. */
interface Duties {
  /** Nothing is scored before. */
  readonly modelsLoaded: Promise<unknown>;
  readonly runners: readonly JobRunner[];
  readonly schedules: Pick<ScheduleService, 'run'>;
  readonly removeOld: () => Promise<void>;
}

/** Most of each line in one process, however many one person may run: each has several chunks in memory. */
const jobsAtOnceMax = 3;
/** Addresses that do not answer keep waiting whoever named them, and nobody else. */
const webhooksAtOnce = { concurrency: 4, pollS: 5, perGroupMax: 1 };
const hourly = '17 * * * *';

/** Puts the parts of jobs together. Nothing runs before `start`. */
export function createJobs(options: Options) {
  const { database, idempotency, audit, openBox, fetch, onEnded, onRows, onError, limits, logger } = options;
  const transact = createTransact(database);
  const repository = createJobRepository(database);
  const queue = createJobQueue({
    pool: database.pool,
    schema: toQueueSchema(database.url),
    isEmbedded: database.kind === 'embedded',
    logger,
  });
  const watcher = createJobWatcher({ listEvents: repository.listEvents, logger });
  let worker: ReturnType<typeof createWorker> | undefined;
  const changes = createJobChanges({ transact, repository, queue, onEnded, onChanged });
  const sealSecret = async (secret: string) => (await openBox()).seal(secret);
  const openSecret = async (sealed: string) => (await openBox()).open(sealed);
  const webhooks = createWebhooks({ repository, fetch, openSecret, logger });
  const service = createJobService({
    transact,
    repository,
    changes,
    watcher,
    idempotency,
    audit,
    sealSecret,
    perOwnerMax: limits.perUserMax,
  });

  return { service, repository, queue, transact, sealSecret, openSecret, start, work, stopWatching, stop };

  function onChanged(job: Job): void {
    watcher.nudge(job);
    // one that runs goes on
    if (job.state !== 'running') worker?.nudge(job.id);
  }

  /** Makes the tables of the queue where there are none: jobs can be put in line then. */
  function start(): Promise<void> {
    return queue.start();
  }

  /** Does what waits, from now on. */
  async function work({ modelsLoaded, runners, schedules, removeOld }: Duties): Promise<void> {
    worker = createWorker({
      transact,
      repository,
      changes,
      queue,
      runners,
      isOwnerActive: options.isOwnerActive,
      logger,
      // one more than a person may run: who has many jobs leaves a place for others
      concurrency: Math.min(jobsAtOnceMax, limits.runningPerUserMax + 1),
      runningPerOwnerMax: limits.runningPerUserMax,
      togetherMs: limits.togetherMs,
      onRows,
      onError,
    });
    await worker.start(modelsLoaded);
    await queue.work<WebhookCall>('webhooks', webhooksAtOnce, ({ data }) => webhooks.deliver(data));
    await queue.work<ScheduleCall>('schedules', { concurrency: 1, pollS: 5 }, ({ id, data }) =>
      schedules.run(data, id),
    );
    await queue.schedule('housekeeping', hourly, { key: 'old', tz: 'UTC', data: {} });
    await queue.work('housekeeping', { concurrency: 1, pollS: 30 }, removeOld);
  }

  /** Ends every stream of events, so that those who watch go to another process. */
  function stopWatching(): void {
    watcher.stop();
  }

  /** Takes no more jobs; those that run finish their chunks and are handed back. */
  async function stop(): Promise<void> {
    await worker?.stop();
    await queue.stop();
  }
}

/** Two installations in schemas of one database have a queue each. */
function toQueueSchema(url: string): string {
  const schema = schemaOfUrl(url);
  return schema === 'public' ? 'pgboss' : `pgboss_${schema.replaceAll(/\W/g, '_')}`.slice(0, 50);
}

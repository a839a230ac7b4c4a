import { randomUUID } from 'node:crypto';
import type { GetJobInput, Job, JobPage, ListJobsInput, WatchJobInput, Webhook } from '@oriel/schemas';
import type { AuditActor, AuditService } from '../auth/audit/service.ts';
import type { Reach } from '../auth/principal.ts';
import type { Transact, Transaction } from '../db/transaction.ts';
import { AppError } from '../errors.ts';
import type { Idempotency } from '../idempotency/idempotency.ts';
import { createUuidV7 } from '../uuid-v7.ts';
import type { JobChanger } from './job-changes.ts';
import { checkedStateAfter, isFinal, type JobAction, ownerGone, stateAfter } from './job-state.ts';
import type { JobWatcher } from './job-watcher.ts';
import type { JobFields, JobRepository } from './repository.ts';
import type { StoredJob } from './stored-job.ts';

export interface NewJob extends JobFields {
  readonly priority?: number | undefined;
  readonly webhook?: Webhook | undefined;
  /** An earlier job whose chunks without a failed row are taken over as they are. */
  readonly chunksOf?: string | undefined;
}

/** Gives the job to make; or a function, when something is to be there if, and only if, the job is. */
type Prepare = () => Promise<NewJob | ((tx: Transaction) => Promise<NewJob>)>;

/** A call that makes a job and may be sent again. */
export interface RepeatableJob {
  /** E.g. `jobs.predictDataset`. */
  readonly operation: string;
  readonly key: string | undefined;
  /** What was asked for, without the key. */
  readonly input: unknown;
}

/** Who asks; the audit log tells when it is not the owner. */
type Caller = AuditActor & { readonly principal: { readonly owner: string } };

interface Needs {
  readonly transact: Transact;
  readonly repository: JobRepository;
  readonly changes: JobChanger;
  readonly watcher: Pick<JobWatcher, 'next' | 'watch'>;
  readonly idempotency: Pick<Idempotency, 'once'>;
  readonly audit: Pick<AuditService, 'record'>;
  readonly sealSecret: (secret: string) => Promise<string>;
  /** Most jobs of one owner that have not ended. */
  readonly perOwnerMax: number;
}

export type JobService = ReturnType<typeof createJobService>;

const msMax = 30_000;

/** Long work: put in line, looked at, paused, resumed, cancelled. Its doing is the worker's. */
export function createJobService(needs: Needs) {
  const { transact, repository, changes, watcher, idempotency, audit, sealSecret, perOwnerMax } = needs;
  return { create, createOnce, get, list, waitFor, watch, cancel, cancelAllOf, pause, resume };

  /**
   * Puts a job in line. It is there if, and only if, its transaction ends well.
   *
   * @param options - `tx`: the transaction to do it in, when more belongs to it; nothing runs before it has ended
   * @throws AppError JOB_LIMIT_REACHED
   */
  async function create(owner: string, job: NewJob, options: { tx?: Transaction } = {}): Promise<Job> {
    const sealed = job.webhook?.secret === undefined ? undefined : await sealSecret(job.webhook.secret);
    const { tx } = options;
    if (tx) return (await insert(tx, owner, job, sealed)).job;
    const made = await transact((own) => insert(own, owner, job, sealed));
    changes.announce(made.job);
    return made.job;
  }

  async function insert(
    tx: Transaction,
    owner: string,
    { webhook, chunksOf, priority = 0, ...job }: NewJob,
    webhookSecret: string | undefined,
  ): Promise<StoredJob> {
    if ((await repository.countOpen(tx, owner)) >= perOwnerMax) throw limitReached();
    const made = await repository.insert(tx, {
      ...job,
      id: createUuidV7(),
      owner,
      priority,
      turn: randomUUID(),
      webhookUrl: webhook?.url,
      webhookSecret,
    });
    if (chunksOf !== undefined) await repository.copyChunks(tx, { from: chunksOf, to: made.job.id });
    await changes.enqueue(tx, made);
    return made;
  }

  function limitReached(): AppError {
    return new AppError(
      'JOB_LIMIT_REACHED',
      `There are ${perOwnerMax} jobs already that have not ended. Wait for one of them, or cancel one.`,
      { retryAfterS: 10 },
    );
  }

  /**
   * As {@link create}, once for each key.
   *
   * @throws AppError JOB_LIMIT_REACHED, IDEMPOTENCY_KEY_REUSED, IDEMPOTENCY_KEY_IN_FLIGHT
   */
  async function createOnce(owner: string, call: RepeatableJob, prepare: Prepare): Promise<Job> {
    const { id } = await idempotency.once({ owner, ...call }, async (finish) => {
      const prepared = await prepare();
      const made = await transact(async (tx) => {
        const job = typeof prepared === 'function' ? await prepared(tx) : prepared;
        const made = await create(owner, job, { tx });
        await finish(made.id, tx);
        return made;
      });
      changes.announce(made);
      return made.id;
    });
    return get({ kind: 'own', owner }, id);
  }

  /** @throws AppError NOT_FOUND */
  async function get(reach: Reach, id: string): Promise<Job> {
    const found = await repository.find(reach, id);
    if (!found) throw notFound(id);
    return found.job;
  }

  /** The job; where the caller wants to wait, as soon as it is another than the caller has. @throws AppError NOT_FOUND */
  async function waitFor(
    reach: Reach,
    { id, waitS, revision }: GetJobInput,
    signal?: AbortSignal,
  ): Promise<Job> {
    const job = await get(reach, id);
    // made in a transaction of somebody else's, whose end was not told here
    if (job.state === 'queued') changes.announce(job);
    if (waitS === 0 || (revision ?? job.revision) < job.revision || job.finishedAt !== null) return job;
    const ms = Math.min(waitS * 1000, msMax);
    return (await watcher.next(job, ms, signal)) ?? job;
  }

  /**
   * What happens to a job, from now on or after the event that the caller has.
   *
   * @throws AppError NOT_FOUND
   */
  async function watch(
    reach: Reach,
    { id, lastEventId }: WatchJobInput,
    signal?: AbortSignal,
  ): Promise<AsyncGenerator<Job, void>> {
    const has = /^[1-9]\d{0,8}$/.test(lastEventId ?? '') ? Number(lastEventId) : null;
    return watcher.watch(await get(reach, id), has, signal);
  }

  /** Newest first. */
  function list(reach: Reach, query: ListJobsInput): Promise<JobPage> {
    return repository.list(reach, query);
  }

  /** @throws AppError NOT_FOUND, JOB_TRANSITION_REFUSED */
  async function cancel(by: Caller, reach: Reach, id: string): Promise<Job> {
    const { job, owner } = await act(reach, id, 'cancel');
    if (by.principal.owner !== owner)
      await audit.record(by, { action: 'job.cancelled', target: `job:${id}`, detail: { owner } });
    return job;
  }

  /** Cancels what has not ended of an owner that may do nothing any more; each job says why. */
  async function cancelAllOf(owner: string): Promise<void> {
    for (const id of await repository.listOpen(owner))
      await changes.change(id, ({ job }) => {
        const state = isFinal(job.state) ? null : stateAfter(job.state, 'cancel');
        return state && { state, error: ownerGone };
      });
  }

  /** @throws AppError NOT_FOUND, JOB_TRANSITION_REFUSED */
  async function pause(reach: Reach, id: string): Promise<Job> {
    return (await act(reach, id, 'pause')).job;
  }

  /** @throws AppError NOT_FOUND, JOB_TRANSITION_REFUSED */
  async function resume(reach: Reach, id: string): Promise<Job> {
    return (await act(reach, id, 'resume')).job;
  }

  async function act(reach: Reach, id: string, action: JobAction): Promise<StoredJob> {
    const changed = await changes.change(id, ({ job, owner }) => {
      if (reach.kind === 'own' && reach.owner !== owner) throw notFound(id);
      return { state: checkedStateAfter(job.state, action) };
    });
    if (!changed) throw notFound(id);
    return changed;
  }
}

function notFound(id: string): AppError {
  return new AppError('NOT_FOUND', `There is no job "${id}".`);
}

import type { CreateScheduleInput, JobSchedule, Webhook } from '@oriel/schemas';
import type { Reach } from '../auth/principal.ts';
import type { ModelCaller } from '../datasets/prepare-run.ts';
import { AppError } from '../errors.ts';
import { createUuidV7 } from '../uuid-v7.ts';
import type { DatasetJobs } from './dataset-jobs.ts';
import type { JobQueue } from './queue.ts';
import type { ScheduleRepository } from './schedule-repository.ts';
import type { CheckWebhook } from './webhook.ts';

/** What the line of schedules says. */
export interface ScheduleCall {
  readonly scheduleId: string;
}

interface Needs {
  readonly repository: ScheduleRepository;
  readonly queue: Pick<JobQueue, 'schedule' | 'unschedule' | 'checkCron' | 'nextTime'>;
  readonly datasetJobs: Pick<DatasetJobs, 'prepare' | 'predictDataset'>;
  /** What an owner may see now; null for one that may do nothing any more. */
  readonly findReach: (owner: string) => Promise<Reach | null>;
  readonly checkWebhook: CheckWebhook;
  readonly sealSecret: (secret: string) => Promise<string>;
  readonly openSecret: (sealed: string) => Promise<string | null>;
  readonly logger: { warn(details: object, message: string): void };
  readonly now?: () => Date;
}

export type ScheduleService = ReturnType<typeof createSchedules>;

/** Of one owner. */
const schedulesMax = 50;
const listMax = 1000;
/** So far may the clocks of this machine and of the database be apart. */
const clockSkewMsMax = 60_000;
const fiveFields = /^\S+( \S+){4}$/;
/** Jenkins' word, which is read as another time whenever it is looked at. */
const anyTime = /\bH\b/i;

/**
 * Jobs that are made again and again, once for each time over all processes, in the name of whoever asked for them. A
 * time at which no process ran is not made up for.
 */
export function createSchedules(needs: Needs) {
  const { repository, queue, datasetJobs, findReach, checkWebhook, sealSecret } = needs;
  const { openSecret, logger, now = () => new Date() } = needs;
  return { create, list, delete: remove, run };

  /** @throws AppError INPUT_INVALID, CONFLICT when there are too many, and what making such a job throws */
  async function create(caller: ModelCaller, input: CreateScheduleInput): Promise<JobSchedule> {
    const { owner } = caller.principal;
    const cron = input.cron.trim().replaceAll(/\s+/g, ' ');
    if (!fiveFields.test(cron)) throw unreadable('must have five fields: minute, hour, day, month, weekday');
    if (anyTime.test(cron)) throw unreadable('must say when, rather than H for any time');
    queue.checkCron(cron, input.timeZone);
    // what could not run now is told now
    checkWebhook(input.job.webhook, ['job', 'webhook']);
    await datasetJobs.prepare(caller, input.job);
    const { webhook } = input.job;
    const webhookSecret = webhook?.secret === undefined ? null : await sealSecret(webhook.secret);
    const schedule = {
      id: createUuidV7(),
      cron,
      timeZone: input.timeZone,
      job: { ...input.job, webhook: webhook && { url: webhook.url } },
      createdAt: now().toISOString(),
      lastRunAt: null,
    };
    if (!(await repository.insert({ owner, schedule, webhookSecret }, schedulesMax)))
      throw new AppError('CONFLICT', `There are ${schedulesMax} schedules already. Delete one first.`);
    // should the process die between the two, there is a schedule that never runs, and can be deleted
    const data = { scheduleId: schedule.id } satisfies ScheduleCall;
    await queue.schedule('schedules', cron, { key: schedule.id, tz: input.timeZone, data });
    return schedule;
  }

  /** Newest first. */
  function list(reach: Reach): Promise<JobSchedule[]> {
    return repository.list(reach, listMax);
  }

  /** @throws AppError NOT_FOUND */
  async function remove(reach: Reach, id: string): Promise<void> {
    if (!(await repository.delete(reach, id)))
      throw new AppError('NOT_FOUND', `There is no schedule "${id}".`);
    await queue.unschedule('schedules', id);
  }

  /** @param time - names this time: the same one twice makes one job */
  async function run({ scheduleId }: ScheduleCall, time: string): Promise<void> {
    const found = await repository.find(scheduleId);
    if (!found) return queue.unschedule('schedules', scheduleId);
    const { owner, schedule, webhookSecret } = found;
    const reach = await findReach(owner);
    if (!reach || isTooEarly(schedule)) return;
    try {
      const webhook = await withSecret(schedule.job.webhook, webhookSecret);
      const input = { ...schedule.job, webhook, idempotencyKey: `schedule ${time}` };
      await datasetJobs.predictDataset(callerOf(owner, reach), input, { isScheduled: true });
      await repository.markRun(scheduleId, now());
    } catch (error) {
      // the queue keeps to itself what is thrown
      if (!(error instanceof AppError)) {
        logger.warn(
          { schedule: scheduleId, err: error },
          'a scheduled job could not be made, and is tried again',
        );
        throw error;
      }
      if (mayPass(error)) throw error;
      // the dataset is gone, the owner has too many jobs: it would be the same in a minute
      logger.warn(
        { schedule: scheduleId, code: error.code, reason: error.message },
        'a scheduled job was not made',
      );
    }
  }

  /** Whether none of its times has come since it was made: the queue looks back a minute. */
  function isTooEarly({ cron, timeZone, createdAt }: JobSchedule): boolean {
    const first = queue.nextTime(cron, timeZone, new Date(createdAt));
    return first !== undefined && first.getTime() - now().getTime() > clockSkewMsMax;
  }

  async function withSecret(
    webhook: Webhook | undefined,
    sealed: string | null,
  ): Promise<Webhook | undefined> {
    if (!webhook || sealed === null) return webhook;
    const secret = await openSecret(sealed);
    if (secret !== null) return { ...webhook, secret };
    throw new Error(
      'a schedule was sealed under another secret: set ORIEL_SECRET to the same for all servers',
    );
  }
}

/** As its owner; a key that made it may be gone by now, and its limits with it. */
function callerOf(owner: string, reach: Reach): ModelCaller {
  return { principal: { id: owner, owner, models: null }, reach, exchange: { ip: null } };
}

/** Also a process that died while it made this very job: until that is noticed, it seems to be still at it. */
function mayPass({ code, kind }: AppError): boolean {
  return kind === 'unavailable' || code === 'IDEMPOTENCY_KEY_IN_FLIGHT';
}

function unreadable(message: string): AppError {
  return new AppError('INPUT_INVALID', `The schedule cannot be read: it ${message}.`, {
    issues: [{ path: ['cron'], rule: 'cron', message }],
  });
}

import { z } from 'zod';
import { columnMappingSchema, versionNumberSchema } from './dataset.ts';
import { itemErrorSchema } from './errors.ts';
import { modelIdSchema, modelVersionSchema } from './model.ts';
import { nameText, plainText } from './plain-text.ts';
import { predictManyMax } from './prediction.ts';
import { time } from './time.ts';

export const jobKindSchema = z
  .enum(['dataset.import', 'dataset.check', 'dataset.predict', 'inputs.predict'])
  .meta({ id: 'JobKind', description: 'What a job does.' });
export type JobKind = z.infer<typeof jobKindSchema>;

export const jobStateSchema = z
  .enum(['queued', 'running', 'pausing', 'paused', 'cancelling', 'succeeded', 'failed', 'cancelled'])
  .meta({ id: 'JobState', description: 'Where a job is; the last three are final.' });
export type JobState = z.infer<typeof jobStateSchema>;
export const finalJobStates = ['succeeded', 'failed', 'cancelled'] as const satisfies readonly JobState[];

export const jobProgressSchema = z
  .object({
    rowsTotal: z.int().nullable().meta({ description: 'Null while it is not known.' }),
    rowsDone: z.int().meta({ description: 'Rows that have a result, also those that failed.' }),
    rowsFailed: z.int(),
    rowsPerSecond: z.number().nullable().meta({ description: 'Of late; null when it does not run.' }),
    secondsLeft: z.number().nullable(),
  })
  .meta({ id: 'JobProgress', description: 'How far a job is.' });
export type JobProgress = z.infer<typeof jobProgressSchema>;

export const jobSchema = z
  .object({
    id: z.uuid(),
    kind: jobKindSchema,
    state: jobStateSchema,
    title: z.string().meta({ description: 'What it is about, for people.' }),
    priority: z.int().meta({ description: 'Higher comes first.' }),
    model: z.string().nullable(),
    modelVersion: z.string().nullable(),
    datasetId: z.uuid().nullable().meta({ description: 'What it reads.' }),
    datasetVersion: z.int().nullable(),
    resultsId: z.uuid().nullable().meta({ description: 'The dataset that it made, once it has succeeded.' }),
    summary: z.json().meta({ description: 'What came out, of jobs that count; null before the end.' }),
    progress: jobProgressSchema,
    attempts: z
      .int()
      .meta({ description: 'How often it was begun: 1, and 1 more for each process that ended.' }),
    revision: z.int().meta({ description: 'Grows with each change; the id of the event that told it.' }),
    error: itemErrorSchema.nullable().meta({ description: 'Why it failed, or why the server cancelled it.' }),
    createdAt: time,
    startedAt: time.nullable(),
    finishedAt: time.nullable(),
  })
  .meta({ id: 'Job', description: 'A long task with an id that can be watched, paused and cancelled.' });
export type Job = z.infer<typeof jobSchema>;

/** The `summary` of a job that checked a dataset; its results are the report, a row for each fault. */
export const checkSummarySchema = z
  .object({
    rows: z.int(),
    rowsFailed: z.int().meta({ description: 'Rows that the model would refuse.' }),
    causes: z.array(
      z.object({
        field: z.string(),
        rule: z.string(),
        message: z.string().meta({ description: 'What was expected, in the words of the first such row.' }),
        rows: z.int(),
        firstRow: z.int().meta({ description: 'From 1, the first row after the header.' }),
      }),
    ),
  })
  .meta({ id: 'CheckSummary', description: 'How many rows a model would refuse, and why; most rows first.' });
export type CheckSummary = z.infer<typeof checkSummarySchema>;

const webhookSchema = z
  .strictObject({
    url: z.url().max(2048).meta({ description: 'Called with POST once the job has ended.' }),
    secret: z
      .string()
      .min(16)
      .max(256)
      .optional()
      .meta({ description: 'Signs the call (HMAC-SHA256); left out: the call is not signed.' }),
  })
  .meta({ id: 'Webhook', description: 'Whom to tell.' });
export type Webhook = z.infer<typeof webhookSchema>;

const jobOptions = {
  priority: z.int().min(-10).max(10).default(0),
  webhook: webhookSchema.optional(),
  idempotencyKey: plainText(255).min(1).optional().meta({
    description: 'The same key and input give the same job. REST takes the header Idempotency-Key too.',
  }),
};

const onDataset = {
  datasetId: z.uuid(),
  datasetVersion: versionNumberSchema.optional().meta({ description: 'Left out: the latest that is ready.' }),
  model: modelIdSchema,
  modelVersion: modelVersionSchema.optional().meta({ description: 'Left out: the default version.' }),
  mapping: columnMappingSchema.optional().meta({ description: 'Left out: as proposed.' }),
};

export const predictDatasetInputSchema = z.strictObject({
  ...onDataset,
  name: nameText(200).optional().meta({ description: 'Of the results.' }),
  keepColumns: z
    .boolean()
    .default(true)
    .meta({ description: 'Whether results have the columns of the dataset too.' }),
  ...jobOptions,
});
export type PredictDatasetInput = z.infer<typeof predictDatasetInputSchema>;

export const checkDatasetInputSchema = z.strictObject({ ...onDataset, ...jobOptions });
export type CheckDatasetInput = z.infer<typeof checkDatasetInputSchema>;

export const predictInputsInputSchema = z.strictObject({
  model: modelIdSchema,
  inputs: z.array(z.unknown()).min(1).max(predictManyMax),
  idempotencyKey: jobOptions.idempotencyKey,
});
export type PredictInputsInput = z.infer<typeof predictInputsInputSchema>;

export const jobIdInputSchema = z.strictObject({ id: z.uuid() });
export const getJobInputSchema = z.strictObject({
  id: z.uuid(),
  waitS: z
    .int()
    .min(0)
    .max(30)
    .default(0)
    .meta({ description: 'Waits for a change, at most so long: the answer comes with the first one.' }),
  revision: z
    .int()
    .optional()
    .meta({ description: 'The revision that the caller has; changes after it count.' }),
});
export type GetJobInput = z.infer<typeof getJobInputSchema>;

export const listJobsInputSchema = z.strictObject({
  state: jobStateSchema.optional(),
  kind: jobKindSchema.optional(),
  datasetId: z.uuid().optional(),
  limit: z.int().min(1).max(200).default(50),
  cursor: z.uuid().optional().meta({ description: 'The `nextCursor` of the page before.' }),
});
export type ListJobsInput = z.infer<typeof listJobsInputSchema>;

export const jobPageSchema = z
  .object({ items: z.array(jobSchema), nextCursor: z.uuid().nullable() })
  .meta({ id: 'JobPage', description: 'A page of jobs, newest first.' });
export type JobPage = z.infer<typeof jobPageSchema>;

export const watchJobInputSchema = z.strictObject({
  id: z.uuid(),
  lastEventId: z
    .string()
    .max(20)
    .nullish()
    .meta({ description: 'The last event that arrived; those after it follow.' }),
});
export type WatchJobInput = z.infer<typeof watchJobInputSchema>;

export const scheduleSchema = z
  .object({
    id: z.uuid(),
    cron: z.string(),
    timeZone: z.string(),
    job: predictDatasetInputSchema,
    createdAt: time,
    lastRunAt: time.nullable(),
  })
  .meta({ id: 'JobSchedule', description: 'A job that is made again and again.' });
export type JobSchedule = z.infer<typeof scheduleSchema>;

export const createScheduleInputSchema = z.strictObject({
  cron: z.string().min(9).max(100).meta({ description: 'Five fields: minute, hour, day, month, weekday.' }),
  timeZone: z
    .string()
    .max(64)
    .refine(isTimeZone, 'must be the name of a time zone, e.g. Europe/Berlin')
    .default('UTC'),
  job: predictDatasetInputSchema.omit({ idempotencyKey: true }),
});
export type CreateScheduleInput = z.infer<typeof createScheduleInputSchema>;

/** Not what a machine takes for its own: its servers may stand in several. */
function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

export const scheduleListSchema = z
  .object({ items: z.array(scheduleSchema) })
  .meta({ id: 'JobScheduleList', description: 'Schedules, newest first.' });

import {
  checkDatasetInputSchema,
  createScheduleInputSchema,
  getJobInputSchema,
  jobIdInputSchema,
  jobPageSchema,
  jobSchema,
  listJobsInputSchema,
  predictDatasetInputSchema,
  predictInputsInputSchema,
  scheduleListSchema,
  scheduleSchema,
  watchJobInputSchema,
} from '@oriel/schemas';
import { tracked } from '@trpc/server';
import { owned } from '../trpc/procedures.ts';

const tags = ['jobs'];
const reading = owned('jobs:read');
const writing = owned('jobs:write');
const making = [400, 404, 409, 422, 503];
/** An answer that was waited for comes a while before its deadline. */
const marginS = 1;
const acting = [400, 404, 409, 503];

/** Long work: made, watched, paused, cancelled. Over HTTP, http/job-door.ts adds the stream of events. */
export const jobProcedures = {
  predictDataset: writing
    .meta({
      openapi: {
        method: 'POST',
        path: '/jobs/predict-dataset',
        operationId: 'predictDataset',
        tags,
        summary: 'Score every row of a dataset',
        description:
          'Answers at once with a job; its results are a dataset. Send the header Idempotency-Key to be able to repeat the call.',
        errorResponses: making,
      },
    })
    .input(predictDatasetInputSchema)
    .output(jobSchema)
    .mutation(({ ctx, input }) => ctx.services.datasetJobs.predictDataset(ctx, input, ctx)),

  checkDataset: writing
    .meta({
      openapi: {
        method: 'POST',
        path: '/jobs/check-dataset',
        operationId: 'checkDataset',
        tags,
        summary: 'Hold every row of a dataset against a model’s contract',
        description:
          'Answers at once with a job; its summary says how many rows fail and why, its results are the report.',
        errorResponses: making,
      },
    })
    .input(checkDatasetInputSchema)
    .output(jobSchema)
    .mutation(({ ctx, input }) => ctx.services.datasetJobs.checkDataset(ctx, input, ctx)),

  // over REST, a call of predict-many that prefers it becomes this one: see http/job-door.ts
  predictInputs: writing
    .input(predictInputsInputSchema)
    .output(jobSchema)
    .mutation(({ ctx, input }) => ctx.services.datasetJobs.predictInputs(ctx, input, ctx)),

  list: reading
    .meta({
      openapi: {
        method: 'GET',
        path: '/jobs',
        operationId: 'listJobs',
        tags,
        summary: 'List jobs',
        description: 'Newest first, in pages: your own, or all for admins.',
        errorResponses: [400, 503],
      },
    })
    .input(listJobsInputSchema)
    .output(jobPageSchema)
    .query(({ ctx, input }) => ctx.services.jobs.list(ctx.reach, input)),

  get: reading
    .meta({
      openapi: {
        method: 'GET',
        path: '/jobs/{id}',
        operationId: 'getJob',
        tags,
        summary: 'Get a job',
        description:
          'With `waitS`, the answer comes with the first change, or when that time is over. REST has it as `Prefer: wait=n` too; the ETag is the revision.',
        errorResponses: [400, 404, 503],
      },
    })
    .input(getJobInputSchema)
    .output(jobSchema)
    .query(({ ctx, input, signal }) => {
      const leftS = (ctx.deadlineAt - performance.now()) / 1000 - marginS;
      const waitS = Math.max(0, Math.min(input.waitS, leftS));
      return ctx.services.jobs.waitFor(ctx.reach, { ...input, waitS }, signal);
    }),

  cancel: writing
    .meta({
      openapi: {
        method: 'POST',
        path: '/jobs/{id}/cancel',
        operationId: 'cancelJob',
        tags,
        summary: 'Cancel a job',
        description:
          'One that runs finishes its chunk first. Rows that were scored are not kept as a dataset.',
        errorResponses: acting,
      },
    })
    .input(jobIdInputSchema)
    .output(jobSchema)
    .mutation(({ ctx, input: { id } }) => ctx.services.jobs.cancel(ctx, ctx.reach, id)),

  pause: writing
    .meta({
      openapi: {
        method: 'POST',
        path: '/jobs/{id}/pause',
        operationId: 'pauseJob',
        tags,
        summary: 'Pause a job',
        description: 'One that runs finishes its chunk first, and goes on from there when it is resumed.',
        errorResponses: acting,
      },
    })
    .input(jobIdInputSchema)
    .output(jobSchema)
    .mutation(({ ctx, input: { id } }) => ctx.services.jobs.pause(ctx.reach, id)),

  resume: writing
    .meta({
      openapi: {
        method: 'POST',
        path: '/jobs/{id}/resume',
        operationId: 'resumeJob',
        tags,
        summary: 'Resume a job that was paused',
        errorResponses: acting,
      },
    })
    .input(jobIdInputSchema)
    .output(jobSchema)
    .mutation(({ ctx, input: { id } }) => ctx.services.jobs.resume(ctx.reach, id)),

  retryFailed: writing
    .meta({
      openapi: {
        method: 'POST',
        path: '/jobs/{id}/retry-failed',
        operationId: 'retryFailedRows',
        tags,
        summary: 'Try the failed rows of a job again',
        description:
          'Makes a new job that takes over every row with an output and scores the others. Its results are those of all rows. Possible for a week after the job has ended.',
        errorResponses: making,
      },
    })
    .input(jobIdInputSchema)
    .output(jobSchema)
    .mutation(({ ctx, input: { id } }) => ctx.services.datasetJobs.retryFailed(ctx, id, ctx)),

  events: reading.input(watchJobInputSchema).subscription(async function* ({ ctx, input, signal }) {
    const events = await ctx.services.jobs.watch(ctx.reach, input, signal);
    for await (const job of events) yield tracked(String(job.revision), job);
  }),

  schedules: {
    create: writing
      .meta({
        openapi: {
          method: 'POST',
          path: '/job-schedules',
          operationId: 'createJobSchedule',
          tags,
          summary: 'Score a dataset again and again',
          description:
            'At the times that a cron expression of five fields says; each time with the latest rows.',
          errorResponses: making,
        },
      })
      .input(createScheduleInputSchema)
      .output(scheduleSchema)
      .mutation(({ ctx, input }) => ctx.services.schedules.create(ctx, input)),

    list: reading
      .meta({
        openapi: {
          method: 'GET',
          path: '/job-schedules',
          operationId: 'listJobSchedules',
          tags,
          summary: 'List schedules',
          description: 'Newest first: your own, or all for admins.',
          errorResponses: [503],
        },
      })
      .output(scheduleListSchema)
      .query(async ({ ctx }) => ({ items: await ctx.services.schedules.list(ctx.reach) })),

    delete: writing
      .meta({
        openapi: {
          method: 'DELETE',
          path: '/job-schedules/{id}',
          operationId: 'deleteJobSchedule',
          tags,
          summary: 'Delete a schedule',
          description: 'Jobs that it made stay.',
          errorResponses: [400, 404, 503],
        },
      })
      .input(jobIdInputSchema)
      .output(jobIdInputSchema)
      .mutation(async ({ ctx, input: { id } }) => {
        await ctx.services.schedules.delete(ctx.reach, id);
        return { id };
      }),
  },
};

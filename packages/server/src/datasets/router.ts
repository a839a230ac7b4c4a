import {
  createDatasetInputSchema,
  datasetIdInputSchema,
  datasetPageSchema,
  datasetProfileSchema,
  datasetSchema,
  datasetShareListSchema,
  datasetVersionInputSchema,
  datasetVersionListSchema,
  firstRowsInputSchema,
  listDatasetsInputSchema,
  listRowsInputSchema,
  mappingInputSchema,
  proposedMappingSchema,
  rowPageSchema,
  shareDatasetInputSchema,
  unshareDatasetInputSchema,
  updateDatasetInputSchema,
} from '@oriel/schemas';
import { owned } from '../trpc/procedures.ts';

const tags = ['datasets'];
const reading = owned('datasets:read');
const writing = owned('datasets:write');

/** An answer is waited for so long, and comes a while before its deadline. */
const waitMsMax = 10_000;
const marginMs = 2_000;

/** Rows that people uploaded, and those that jobs made. Files come at http/upload-door.ts, and go at http/export-door.ts. */
export const datasetProcedures = {
  create: writing
    .meta({
      openapi: {
        method: 'POST',
        path: '/datasets',
        operationId: 'createDataset',
        tags,
        summary: 'Make a dataset of rows, or of a file at a URL',
        description:
          'With `datasetId`, a new version of that dataset. The answer comes when the rows have been read, or after ten seconds; `latest` is the version that this call made, and `latest.state` says which.',
        errorResponses: [400, 404, 409, 413, 422, 503],
      },
    })
    .input(createDatasetInputSchema)
    .output(datasetSchema)
    .mutation(({ ctx, input, signal }) => {
      const waitMs = Math.max(0, Math.min(waitMsMax, ctx.deadlineAt - performance.now() - marginMs));
      const { idempotencyKey } = ctx;
      return ctx.services.datasets.create(ctx, input, { idempotencyKey, waitMs, signal });
    }),

  list: reading
    .meta({
      openapi: {
        method: 'GET',
        path: '/datasets',
        operationId: 'listDatasets',
        tags,
        summary: 'List datasets',
        description:
          'Newest first, in pages: your own and those shared with you, or all for admins. With `deleted`, those that can be restored.',
        errorResponses: [400, 503],
      },
    })
    .input(listDatasetsInputSchema)
    .output(datasetPageSchema)
    .query(({ ctx, input }) => ctx.services.datasets.list(ctx, input)),

  get: reading
    .meta({
      openapi: {
        method: 'GET',
        path: '/datasets/{id}',
        operationId: 'getDataset',
        tags,
        summary: 'Get a dataset',
        description:
          'With its latest version: whether its rows can be used yet, and why not where they cannot.',
        errorResponses: [400, 404, 503],
      },
    })
    .input(datasetIdInputSchema)
    .output(datasetSchema)
    .query(({ ctx, input }) => ctx.services.datasets.get(ctx, input.id)),

  update: writing
    .meta({
      openapi: {
        method: 'PATCH',
        path: '/datasets/{id}',
        operationId: 'updateDataset',
        tags,
        summary: 'Rename, describe or tag a dataset',
        description: 'What is left out stays.',
        errorResponses: [400, 404, 503],
      },
    })
    .input(updateDatasetInputSchema)
    .output(datasetSchema)
    .mutation(({ ctx, input }) => ctx.services.datasets.update(ctx, input)),

  delete: writing
    .meta({
      openapi: {
        method: 'DELETE',
        path: '/datasets/{id}',
        operationId: 'deleteDataset',
        tags,
        summary: 'Delete a dataset',
        description: 'It can be restored until the grace period of the server is over.',
        errorResponses: [400, 404, 503],
      },
    })
    .input(datasetIdInputSchema)
    .output(datasetSchema)
    .mutation(({ ctx, input }) => ctx.services.datasets.delete(ctx, input.id)),

  restore: writing
    .meta({
      openapi: {
        method: 'POST',
        path: '/datasets/{id}/restore',
        operationId: 'restoreDataset',
        tags,
        summary: 'Restore a deleted dataset',
        description: 'As it was, shares included.',
        errorResponses: [400, 404, 503],
      },
    })
    .input(datasetIdInputSchema)
    .output(datasetSchema)
    .mutation(({ ctx, input }) => ctx.services.datasets.restore(ctx, input.id)),

  versions: reading
    .meta({
      openapi: {
        method: 'GET',
        path: '/datasets/{id}/versions',
        operationId: 'listDatasetVersions',
        tags,
        summary: 'List the versions of a dataset',
        description: 'Newest first, each with how its columns differ from those of the version before.',
        errorResponses: [400, 404, 503],
      },
    })
    .input(datasetIdInputSchema)
    .output(datasetVersionListSchema)
    .query(async ({ ctx, input }) => ({ items: await ctx.services.datasets.listVersions(ctx, input.id) })),

  profile: reading
    .meta({
      hasCheckedOutput: true,
      openapi: {
        method: 'GET',
        path: '/datasets/{id}/profile',
        operationId: 'getDatasetProfile',
        tags,
        summary: 'Get what is known of the values of a dataset',
        description: 'Of each column: type, nulls, distinct values, range, quantiles, top values, histogram.',
        errorResponses: [400, 404, 409, 503],
      },
    })
    .input(datasetVersionInputSchema)
    .output(datasetProfileSchema)
    .query(({ ctx, input }) => ctx.services.datasets.getProfile(ctx, input)),

  rows: reading
    .meta({
      hasCheckedOutput: true,
      openapi: {
        method: 'POST',
        path: '/datasets/{id}/rows',
        operationId: 'queryDatasetRows',
        tags,
        summary: 'Read rows of a dataset, filtered and sorted',
        description: 'In pages; filters are checked against the types of the columns.',
        errorResponses: [400, 404, 409, 413, 415, 422, 503],
      },
    })
    .input(listRowsInputSchema)
    .output(rowPageSchema)
    .query(({ ctx, input }) => ctx.services.datasets.listRows(ctx, input)),

  firstRows: reading
    .meta({
      hasCheckedOutput: true,
      openapi: {
        method: 'GET',
        path: '/datasets/{id}/rows',
        operationId: 'listDatasetRows',
        tags,
        summary: 'Read rows of a dataset',
        description: 'In pages, all columns, in the order of the file. Filters and sorting need POST.',
        errorResponses: [400, 404, 409, 422, 503],
      },
    })
    .input(firstRowsInputSchema)
    .output(rowPageSchema)
    .query(({ ctx, input }) => ctx.services.datasets.listRows(ctx, input)),

  mapping: reading
    .meta({
      openapi: {
        method: 'GET',
        path: '/datasets/{id}/mapping',
        operationId: 'proposeDatasetMapping',
        tags,
        summary: 'Propose columns for a model’s input',
        description: 'By name and type, with a reason for each field.',
        errorResponses: [400, 404, 409, 503],
      },
    })
    .input(mappingInputSchema)
    .output(proposedMappingSchema)
    .query(({ ctx, input }) => ctx.services.datasets.mapping(ctx, input)),

  share: writing
    .meta({
      openapi: {
        method: 'POST',
        path: '/datasets/{id}/shares',
        operationId: 'shareDataset',
        tags,
        summary: 'Let another person read a dataset',
        description: 'By the e-mail address of an account. It is read-only, and tells who may read it now.',
        errorResponses: [400, 404, 409, 503],
      },
    })
    .input(shareDatasetInputSchema)
    .output(datasetShareListSchema)
    .mutation(async ({ ctx, input }) => ({ items: await ctx.services.datasets.share(ctx, input) })),

  unshare: writing
    .meta({
      openapi: {
        method: 'DELETE',
        path: '/datasets/{id}/shares/{userId}',
        operationId: 'unshareDataset',
        tags,
        summary: 'Stop sharing a dataset with a person',
        description: 'At once, on every process.',
        errorResponses: [400, 404, 503],
      },
    })
    .input(unshareDatasetInputSchema)
    .output(datasetShareListSchema)
    .mutation(async ({ ctx, input }) => ({ items: await ctx.services.datasets.unshare(ctx, input) })),

  leave: writing
    .meta({
      openapi: {
        method: 'POST',
        path: '/datasets/{id}/leave',
        operationId: 'leaveDataset',
        tags,
        summary: 'Leave a dataset that is shared with you',
        description:
          'Ends the share for yourself alone, at once. The answer is the dataset as it was; its owner may share it again.',
        errorResponses: [400, 404, 409, 503],
      },
    })
    .input(datasetIdInputSchema)
    .output(datasetSchema)
    .mutation(({ ctx, input }) => ctx.services.datasets.leave(ctx, input.id)),

  shares: reading
    .meta({
      openapi: {
        method: 'GET',
        path: '/datasets/{id}/shares',
        operationId: 'listDatasetShares',
        tags,
        summary: 'List who else may read a dataset',
        description: 'For its owner.',
        errorResponses: [400, 404, 503],
      },
    })
    .input(datasetIdInputSchema)
    .output(datasetShareListSchema)
    .query(async ({ ctx, input }) => ({ items: await ctx.services.datasets.shares(ctx, input.id) })),
};

import { listPredictionsInputSchema, predictionPageSchema } from '@oriel/schemas';
import { publicProcedure } from '../trpc/procedures.ts';

/** What was predicted. */
export const predictionProcedures = {
  list: publicProcedure
    .meta({
      openapi: {
        method: 'GET',
        path: '/predictions',
        operationId: 'listPredictions',
        tags: ['predictions'],
        summary: 'List recorded predictions',
        description:
          'Newest first, in pages. Records are written in the background and appear within a second.',
        protect: false,
        errorResponses: [400, 503],
      },
    })
    .input(listPredictionsInputSchema)
    .output(predictionPageSchema)
    .query(({ ctx, input }) => ctx.services.predictions.list(input)),
};

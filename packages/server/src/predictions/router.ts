import { listPredictionsInputSchema, predictionPageSchema } from '@oriel/schemas';
import { owned } from '../trpc/procedures.ts';

/** What was predicted. */
export const predictionProcedures = {
  // anonymous visitors of the demo page see what anonymous callers predicted, without what they sent
  list: owned('monitoring:read', { isOpenToAnonymous: true })
    .meta({
      openapi: {
        method: 'GET',
        path: '/predictions',
        operationId: 'listPredictions',
        tags: ['predictions'],
        summary: 'List recorded predictions',
        description:
          'Newest first, in pages: your own, or all for admins. Records are written in the background and appear within a second. ' +
          'Anonymous callers share their records, which are shown to them without inputs and outputs.',
        protect: false,
        errorResponses: [400, 503],
      },
    })
    .input(listPredictionsInputSchema)
    .output(predictionPageSchema)
    .query(({ ctx, input }) => ctx.services.predictions.list(ctx.reach, input)),
};

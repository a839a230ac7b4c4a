import { modelDetailSchema, modelIdSchema, modelSummarySchema } from '@oriel/schemas';
import { z } from 'zod';
import { scoped } from '../trpc/procedures.ts';

/** What is served: the list and each model's contract, tensors and card. */
export const modelProcedures = {
  list: scoped('models:read')
    .meta({
      openapi: {
        method: 'GET',
        path: '/models',
        operationId: 'listModels',
        tags: ['models'],
        summary: 'List the models',
        description: 'Every model this server has, with the state of its default version.',
        protect: false,
      },
    })
    .input(z.strictObject({}).optional())
    .output(
      z
        .object({ models: z.array(modelSummarySchema) })
        .meta({ id: 'ModelList', description: 'The models of this server.' }),
    )
    .query(({ ctx }) => ({ models: ctx.services.models.list(ctx.principal.models) })),

  get: scoped('models:read')
    .meta({
      openapi: {
        method: 'GET',
        path: '/models/{id}',
        operationId: 'getModel',
        tags: ['models'],
        summary: 'Describe one model',
        description: 'Its contract as JSON Schema, examples, versions, tensors and model card.',
        protect: false,
        errorResponses: [400, 404],
      },
    })
    .input(z.strictObject({ id: modelIdSchema }))
    .output(modelDetailSchema)
    .query(({ ctx, input }) => ctx.services.models.get(input.id, ctx.principal.models)),
};

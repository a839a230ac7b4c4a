import {
  type AnyContract,
  type MediaOf,
  modelVersionSchema,
  type PredictAnswer,
  type PredictManyAnswer,
  predictManyMax,
  predictSchemas,
  type WireInputOf,
  type WireOutputOf,
} from '@oriel/schemas';
import type { TRPCDefaultErrorShape, TRPCMutationProcedure } from '@trpc/server';
import { z } from 'zod';
import { type Meta, scoped } from '../trpc/procedures.ts';
import { acceptUploads } from '../trpc/uploads.ts';

/** What a caller may send: JSON as the contract says or, where the contract reads a file, the file alone or in a form. */
export type PredictInputOf<C extends AnyContract> = [MediaOf<C>] extends [never]
  ? WireInputOf<C>
  : WireInputOf<C> | FormData | Blob | Uint8Array<ArrayBuffer>;

type Mutation<Input, Output> = TRPCMutationProcedure<{
  input: Input;
  output: Output;
  meta: Meta;
  errorShape: TRPCDefaultErrorShape;
}>;

/** The procedures of one model, typed by its contract. */
export type ModelProcedures<C extends AnyContract> = {
  predict: Mutation<PredictInputOf<C>, PredictAnswer<C['id'], WireOutputOf<C>>>;
  predictVersion: Mutation<WireInputOf<C> & { version: string }, PredictAnswer<C['id'], WireOutputOf<C>>>;
  predictMany: Mutation<{ inputs: WireInputOf<C>[] }, PredictManyAnswer<C['id'], WireOutputOf<C>>>;
};

// the default version answers 404 too, when a model has lost all its versions
const errorResponses = [400, 404, 413, 415, 500, 503, 504];

/** Makes the procedures of every contract; `client.models.<id>.predict` gets its types here, with no code generation. */
export function modelRouters<const T extends Readonly<Record<string, AnyContract>>>(contracts: T) {
  const routers = Object.entries(contracts).map(([id, contract]) => [id, proceduresOf(contract)]);
  // Object.fromEntries forgets which key has which value
  return Object.fromEntries(routers) as { [K in keyof T]: ModelProcedures<T[K]> };
}

function proceduresOf<C extends AnyContract>(contract: C): ModelProcedures<C> {
  const { id, title, media } = contract;
  const { answer, manyAnswer } = predictSchemas<AnyContract>(contract);
  const input: z.ZodObject = contract.input;
  if ('version' in input.shape)
    throw new Error(`${id}: an input field may not be called "version": the path names it`);

  const mediaMeta = media && { media: { field: media.field, types: media.types } };
  const predicting = scoped('predict', { model: id });
  const procedure = media ? predicting.use(acceptUploads(media.field)) : predicting;

  const predict = procedure
    .meta({
      ...mediaMeta,
      hasCheckedOutput: true,
      refuseNow: ({ predictions }) => predictions.refuseNow(id),
      openapi: {
        method: 'POST',
        path: `/models/${id}/predict`,
        operationId: `predict-${id}`,
        tags: [id],
        summary: `Predict with ${title}`,
        description: contract.description,
        protect: false,
        errorResponses,
      },
    })
    .input(input)
    .output(answer)
    .mutation(({ ctx, input, signal }) => ctx.services.predictions.predict(ctx, { contract, input, signal }));

  const predictVersion = procedure
    .meta({
      ...mediaMeta,
      hasCheckedOutput: true,
      openapi: {
        method: 'POST',
        path: `/models/${id}/versions/{version}/predict`,
        operationId: `predict-${id}-version`,
        tags: [id],
        summary: `Predict with one version of ${title}`,
        description: `${contract.description} Answers with the version in the path, whichever is the default.`,
        protect: false,
        errorResponses,
      },
    })
    .input(input.safeExtend({ version: modelVersionSchema }))
    .output(answer)
    .mutation(({ ctx, input: { version, ...input }, signal }) =>
      ctx.services.predictions.predict(ctx, { contract, version: String(version), input, signal }),
    );

  const predictMany = predicting
    .meta({
      hasCheckedOutput: true,
      openapi: {
        method: 'POST',
        path: `/models/${id}/predict-many`,
        operationId: `predict-${id}-many`,
        tags: [id],
        summary: `Predict many inputs with ${title}`,
        description: `Up to ${predictManyMax} inputs; each is answered or refused on its own, in the order they came.`,
        protect: false,
        errorResponses,
      },
    })
    .input(z.strictObject({ inputs: z.array(z.unknown()).min(1).max(predictManyMax) }))
    .output(manyAnswer)
    .mutation(({ ctx, input, signal }) =>
      ctx.services.predictions.predictMany(ctx, { contract, inputs: input.inputs, signal }),
    );

  // the builders see plain zod objects; the contract's own types are stated by ModelProcedures and tested in types.test-d.ts
  return { predict, predictVersion, predictMany } as unknown as ModelProcedures<C>;
}

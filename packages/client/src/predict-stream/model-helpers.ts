import type { AppRouter } from '@oriel/server';
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import type { Connection } from '../connection.ts';
import {
  type PredictStreamItem,
  type PredictStreamOptions,
  predictStream,
  type StreamTransport,
} from './predict-stream.ts';

type Inputs = inferRouterInputs<AppRouter>['models'];
type Outputs = inferRouterOutputs<AppRouter>['models'];

/** What one input of a model looks like as JSON. */
type StreamInput<M> = M extends { predictMany: { inputs: readonly (infer Input)[] } } ? Input : never;
type StreamOutput<M> = M extends { predictMany: { results: readonly (infer Item)[] } }
  ? Extract<Item, { ok: true }> extends { output: infer Output }
    ? Output
    : never
  : never;

/** What the typed client can do with a model beside its procedures. */
export interface StreamHelper<Input, Output> {
  /**
   * Predicts as inputs come, without holding them: results are in the order of the inputs, one for each, and an input
   * that fails does not stop the others. Inputs are read no faster than results are. Whoever stops reading stops the
   * server's work too.
   *
   * @throws ProblemError when the server refuses, StreamError when the stream breaks off
   * @example
   * for await (const item of client.models.penguins.predictStream(birds))
   *   console.log(item.ok ? item.output.species : `line ${item.line}: ${item.error.message}`);
   */
  predictStream(
    inputs: AsyncIterable<Input> | Iterable<Input>,
    options?: PredictStreamOptions,
  ): AsyncGenerator<PredictStreamItem<Output>, void>;
}

export type ModelHelpers = {
  readonly [Id in keyof Inputs as Inputs[Id] extends { predictMany: unknown } ? Id : never]: StreamHelper<
    StreamInput<Inputs[Id]>,
    StreamOutput<Outputs[Id & keyof Outputs]>
  >;
};

/** The helper of a model whose id is known at run time only. */
export function createStreamHelper(
  connection: Connection,
  transport: StreamTransport,
  modelId: string,
): StreamHelper<unknown, unknown> {
  return {
    predictStream: (inputs, options) => predictStream({ connection, transport }, modelId, inputs, options),
  };
}

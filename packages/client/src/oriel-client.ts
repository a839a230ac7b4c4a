import type { AppRouter } from '@oriel/server';
import type { TRPCClient } from '@trpc/client';
import type { Connection } from './connection.ts';
import { createDatasetHelpers, type DatasetHelpers } from './datasets/dataset-helpers.ts';
import { createJobHelpers, type JobHelpers } from './jobs/job-helpers.ts';
import { createStreamHelper, type ModelHelpers } from './predict-stream/model-helpers.ts';
import type { StreamTransport } from './predict-stream/predict-stream.ts';

/**
 * The typed client: `client.models.<id>.predict.mutate(input)` knows each model's input and output. Beside the
 * procedures of the API stands what takes more than one call: uploads, downloads, rows, jobs that are watched, streams.
 */
export type OrielClient = TRPCClient<AppRouter> & {
  readonly datasets: DatasetHelpers;
  readonly jobs: JobHelpers;
  readonly models: ModelHelpers;
};

/** Puts the helpers beside the procedures. */
export function withHelpers(
  trpc: TRPCClient<AppRouter>,
  connection: Connection,
  transport: StreamTransport,
): OrielClient {
  const models = new Proxy(trpc.models, {
    get(ofModels, id) {
      const ofModel: unknown = Reflect.get(ofModels, id);
      // tRPC's own proxies are functions; `then` and symbols are nothing there
      if (typeof ofModel !== 'function' || typeof id !== 'string') return ofModel;
      return beside(ofModel, createStreamHelper(connection, transport, id));
    },
  });
  const groups = {
    datasets: beside(trpc.datasets, createDatasetHelpers(trpc, connection)),
    jobs: beside(trpc.jobs, createJobHelpers(trpc, connection)),
    // by its id each model gets its helper, which is typed by the model's contract
    models: models as typeof trpc.models & ModelHelpers,
  };
  return beside(trpc, groups);
}

/** Has what both have. A proxy, since tRPC's client makes its procedures up as they are asked for. */
export function beside<Base extends object, Extra extends object>(base: Base, extra: Extra): Base & Extra {
  const both = new Proxy(base, {
    get: (target, key): unknown => Reflect.get(Object.hasOwn(extra, key) ? extra : target, key),
  });
  // the handler above is what makes it so
  return both as Base & Extra;
}

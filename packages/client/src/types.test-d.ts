import type { Dataset, Job, Row } from '@oriel/schemas';
import type { AppRouter } from '@oriel/server';
import type { TRPCClient } from '@trpc/client';
import { createClient, type OrielClient } from './index.ts';
import { createClient as createNodeClient } from './node.ts';

// Compiled, never run: each line under `@ts-expect-error` must fail to compile, or the type check itself fails.
const client = createClient({ url: 'http://localhost:3000' });
const nodeClient = createNodeClient({ url: 'http://localhost:3000' });

/** Where the API's procedures are wanted, as with React, the client with its helpers fits; so does that of Node.js. */
export const fits: [TRPCClient<AppRouter>, OrielClient] = [client, nodeClient];

type Procedures = TRPCClient<AppRouter>;
type HelperNames = {
  datasets: 'upload' | 'download' | 'downloadTo' | 'eachRow' | 'eachDataset';
  jobs: 'watch' | 'finished' | 'eachJob';
};
/** No helper hides a procedure of the API. */
export const hidden: [
  keyof Procedures['datasets'] & HelperNames['datasets'],
  keyof Procedures['jobs'] & HelperNames['jobs'],
  keyof Procedures['models']['penguins'] & 'predictStream',
][] = [];

export async function datasets(file: File): Promise<void> {
  const dataset: Dataset = await client.datasets.upload(file, {
    tags: ['birds'],
    format: 'csv',
    onProgress: ({ sentBytes, totalBytes }) => sentBytes / (totalBytes ?? sentBytes),
  });
  // the procedures are beside the helpers
  const same: Dataset = await client.datasets.get.query({ id: dataset.id });
  const { id } = same;
  for await (const row of client.datasets.eachRow({ id, filter: { column: 'a', op: 'in', values: [1] } })) {
    const value: Row[string] | undefined = row['a'];
    void value;
  }
  for await (const { latest } of client.datasets.eachDataset({ tag: 'birds' })) void latest.rows;
  const { stream } = await client.datasets.download({ id, format: 'parquet' });
  const bytes: number = await nodeClient.datasets.downloadTo('out.csv', { id });
  await nodeClient.datasets.upload('birds.csv');
  await nodeClient.datasets.upload(stream);
  void bytes;

  // @ts-expect-error a path means nothing to a browser
  await client.datasets.upload('birds.csv');
  // @ts-expect-error a format that is not read
  await client.datasets.upload(file, { format: 'xlsx' });
  // @ts-expect-error a comparison that is not there
  client.datasets.eachRow({ id, filter: { column: 'a', op: 'like', value: 'x' } });
  // @ts-expect-error a format that is not written
  await client.datasets.download({ id, format: 'xlsx' });
}

export async function jobs(datasetId: string): Promise<void> {
  const job: Job = await client.jobs.predictDataset.mutate({ datasetId, model: 'penguins' });
  for await (const { progress } of client.jobs.watch(job.id)) progress.rowsDone.toFixed();
  const { resultsId } = await client.jobs.finished(job.id, { onProgress: ({ state }) => state.length });
  void resultsId;
  for await (const { state } of client.jobs.eachJob({ state: 'failed' })) void state;

  // @ts-expect-error a state that is not there
  client.jobs.eachJob({ state: 'sleeping' });
  // @ts-expect-error a model is wanted
  await client.jobs.predictDataset.mutate({ datasetId });
}

export async function streams(birds: AsyncIterable<{ island: 'Biscoe' | 'Dream' }>): Promise<void> {
  for await (const item of client.models.penguins.predictStream(birds)) {
    // @ts-expect-error a result has an output only where it is ok
    void item.output;
    if (item.ok) {
      const species: 'Adelie' | 'Chinstrap' | 'Gentoo' = item.output.species;
      void species;
    } else item.error.message.trim();
  }
  client.models.digits.predictStream([{ image: 'base64' }]);

  // @ts-expect-error a value the contract does not list
  client.models.penguins.predictStream([{ island: 'Atlantis' }]);
  // @ts-expect-error files travel as base64 in lines of JSON
  client.models.digits.predictStream([new Blob([])]);
  // @ts-expect-error what is no model has no stream
  void client.models.list.predictStream;
}

type IsAny<T> = 0 extends 1 & T ? true : false;
type Stream = ReturnType<typeof client.models.spam.predictStream>;
type Item = Extract<Awaited<ReturnType<Stream['next']>>['value'], { ok: true }>;
/** Nothing on the way from the contract to the results of a stream is `any`. */
export const isTyped: [IsAny<Item>, IsAny<Item['output']>, IsAny<Item['output']['label']>] = [
  false,
  false,
  false,
];

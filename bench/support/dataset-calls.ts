import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Dataset, Job } from '@oriel/schemas';
import type { Headers } from './account.ts';

/** Seldom enough that asking takes nothing from what is asked about. */
const pollMs = 100;

/** The calls that bring rows, score them and fetch what came out, over plain REST. */
export function createDatasetCalls(url: string, headers: Headers) {
  return { upload, untilReady, score, untilOver, cancel, download };

  /** Resolves when the file has arrived; it is read after that. */
  async function upload(path: string): Promise<Dataset> {
    const response = await fetch(`${url}/api/v1/datasets/upload?name=penguins&format=csv`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'text/csv', prefer: 'wait=0' },
      body: Readable.toWeb(createReadStream(path)) as ReadableStream,
      duplex: 'half',
    } as RequestInit);
    return read(response);
  }

  /** Resolves when its rows are converted and profiled. */
  async function untilReady({ id }: Pick<Dataset, 'id'>): Promise<Dataset> {
    for (;;) {
      const dataset = await get<Dataset>(`/datasets/${id}`);
      if (dataset.latest.state === 'ready') return dataset;
      if (dataset.latest.state === 'failed') throw new Error(JSON.stringify(dataset.latest.error));
      await sleep(pollMs);
    }
  }

  function score({ id }: Pick<Dataset, 'id'>): Promise<Job> {
    return post('/jobs/predict-dataset', { datasetId: id, model: 'penguins' });
  }

  async function untilOver({ id }: Pick<Job, 'id'>): Promise<Job> {
    let job = await get<Job>(`/jobs/${id}`);
    // each answer comes with a change
    while (job.finishedAt === null) job = await get<Job>(`/jobs/${id}?waitS=30&revision=${job.revision}`);
    if (job.state !== 'succeeded') throw new Error(`the job is ${job.state}: ${JSON.stringify(job.error)}`);
    return job;
  }

  function cancel({ id }: Pick<Job, 'id'>): Promise<Job> {
    return post(`/jobs/${id}/cancel`, {});
  }

  /** @returns how many lines it has; they are thrown away */
  async function download(id: string): Promise<number> {
    const response = await fetch(`${url}/api/v1/datasets/${id}/export?format=csv`, { headers });
    if (!response.ok || !response.body) throw new Error(`export answered ${response.status}`);
    let lines = 0;
    for await (const chunk of response.body)
      for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lines += 1;
    return lines;
  }

  async function get<T>(path: string): Promise<T> {
    return read(await fetch(`${url}/api/v1${path}`, { headers }));
  }

  async function post<T>(path: string, body: object): Promise<T> {
    const response = await fetch(`${url}/api/v1${path}`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return read(response);
  }
}

async function read<T>(response: Response): Promise<T> {
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${text.slice(0, 500)}`);
  // what the API's document says it is; a wrong one makes the next call fail
  return JSON.parse(text) as T;
}

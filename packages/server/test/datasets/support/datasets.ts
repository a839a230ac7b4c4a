import { randomUUID } from 'node:crypto';
import type { Dataset, Job, Problem } from '@oriel/schemas';
import { createKey, createUser } from '../../support/identities.ts';
import type { TestApp } from '../../support/test-app.ts';

/** All that a member may do with datasets and jobs. */
export const datasetScopes = [
  'predict',
  'datasets:read',
  'datasets:write',
  'jobs:read',
  'jobs:write',
] as const;

/** A member with a key for datasets, and short ways to ask with it. */
export async function createDatasetUser(app: TestApp, role: 'member' | 'admin' = 'member') {
  const user = await createUser(app, role);
  const scopes = role === 'admin' ? [...datasetScopes, 'admin' as const] : [...datasetScopes];
  const { client, headers } = await createKey(app, user, { scopes });
  return {
    user,
    email: `${user.id}@example.com`,
    client,
    headers,
    /** Sends a file as the body, and gives the whole answer. */
    upload: (
      bytes: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>,
      query: Record<string, string> = {},
      more: Record<string, string> = {},
    ) =>
      app.send(`/api/v1/datasets/upload?${new URLSearchParams({ name: 'rows.csv', ...query })}`, {
        method: 'POST',
        body: bytes,
        headers: { 'content-type': 'application/octet-stream', ...headers, ...more },
        // a stream needs it; Node's types of fetch leave it out
        ...(bytes instanceof ReadableStream && ({ duplex: 'half' } as object)),
      }),
    get: (path: string, more: Record<string, string> = {}) =>
      app.send(path, { headers: { ...headers, ...more } }),
    post: (path: string, body: unknown, more: Record<string, string> = {}) =>
      app.post(path, body, { ...headers, ...more }),
  };
}

export type DatasetUser = Awaited<ReturnType<typeof createDatasetUser>>;

/** A ready dataset of a CSV. */
export async function uploadCsv(
  user: DatasetUser,
  csv: string,
  query: Record<string, string> = {},
): Promise<Dataset> {
  const { status, body } = await user.upload(csv, query, { prefer: 'wait=30' });
  const dataset = body as Dataset;
  if (status !== 201 || dataset.latest.state !== 'ready')
    throw new Error(`the upload was answered ${status} ${JSON.stringify(body)}`);
  return dataset;
}

export const asDataset = (body: unknown) => body as Dataset;
export const asProblem = (body: unknown) => body as Problem;

/** A new key for what is sent twice. */
export const newKey = () => randomUUID();

/** Waits until a job has ended. */
export async function untilEnded({ client }: DatasetUser, id: string): Promise<Job> {
  for (;;) {
    const job = await client.jobs.get.query({ id, waitS: 10 });
    if (job.finishedAt !== null) return job;
  }
}

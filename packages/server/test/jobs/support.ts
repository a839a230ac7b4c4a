import { createClient, type OrielClient } from '@oriel/client';
import { type Job, scopeSchema } from '@oriel/schemas';
import { createKey, createUser, type TestKey } from '../support/identities.ts';
import type { TestApp } from '../support/test-app.ts';

/** A person whose key may do all that members may. */
export async function createMember(app: Pick<TestApp, 'app' | 'url'>): Promise<TestKey & { owner: string }> {
  const user = await createUser(app);
  const scopes = scopeSchema.options.filter((scope) => scope !== 'admin' && scope !== 'models:write');
  return { ...(await createKey(app, user, { scopes })), owner: `user:${user.id}` };
}

/** The same caller at another server of the same database. */
export function clientAt({ url }: Pick<TestApp, 'url'>, { headers }: TestKey): OrielClient {
  return createClient({ url, headers: { ...headers } });
}

const islands = ['Biscoe', 'Dream', 'Torgersen'] as const;

/** Rows for the model penguins; each seventh is one that it refuses, where asked for. */
export function penguinRows(count: number, { hasFaults = false } = {}) {
  return Array.from({ length: count }, (_, i) => ({
    number: i,
    island: islands[i % 3] ?? 'Dream',
    culmenLengthMm: 35 + (i % 20),
    culmenDepthMm: 15 + (i % 5),
    flipperLengthMm: 180 + (i % 40),
    bodyMassG: hasFaults && i % 7 === 6 ? 3 : 3500 + (i % 2000),
  }));
}

/** A dataset of such rows, ready to be scored. */
export async function createPenguins(
  client: OrielClient,
  count: number,
  options: { hasFaults?: boolean } = {},
): Promise<string> {
  const rows = penguinRows(count, options);
  const { id, latest } = await client.datasets.create.mutate({ name: 'penguins', rows });
  for (let state = latest.state; state === 'importing'; )
    ({ state } = (await client.datasets.get.query({ id })).latest);
  return id;
}

/** Waits for a job until it is what is wanted. */
export async function waitFor(
  client: OrielClient,
  id: string,
  isWanted: (job: Job) => boolean = ({ finishedAt }) => finishedAt !== null,
  msMax = 150_000,
): Promise<Job> {
  const until = performance.now() + msMax;
  let job = await client.jobs.get.query({ id });
  while (!isWanted(job)) {
    if (job.finishedAt !== null || performance.now() > until)
      throw new Error(`the job is ${job.state}: ${JSON.stringify(job)}`);
    job = await client.jobs.get.query({ id, waitS: 5, revision: job.revision });
  }
  return job;
}

import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Job } from '@oriel/schemas';
import { describe, expect, test } from 'vitest';
import { createEmptyDataFolder } from '../db/support/embedded-folder.ts';
import { createOnServer, testServerUrl } from '../db/support/test-databases.ts';
import type { TestKey } from '../support/identities.ts';
import { spawnServer } from '../support/server-process.ts';
import { startTestApp } from '../support/test-app.ts';
import { clientAt, createMember, createPenguins } from './support.ts';

// Processes that are killed at random moments while they do jobs. JOB_KILLS=20 for a proof; a few show that it works.

const kills = Number(process.env.JOB_KILLS ?? 3);
/** A job of so many takes some seconds, chunk by chunk: a kill meets it. */
const rows = 20_000;
const env = {
  ORIEL_PROCESSES: '1',
  ORIEL_THREADS: '1',
  ORIEL_JOB_CHUNK_ROWS: '20',
  ORIEL_CALLER_PER_MINUTE: '0',
} as const;
/** What a start, and noticing a death, may take on a busy machine. */
const msPerKill = 120_000;

type Server = ReturnType<typeof spawnServer>;
interface Place {
  readonly settings: Parameters<typeof spawnServer>[0];
  /** How many servers do jobs at once. */
  readonly count: number;
}

async function prepare(settings: Place['settings']) {
  const app = await startTestApp({ ...env, ...settings });
  try {
    const member = await createMember(app);
    return { member, datasetId: await createPenguins(member.client, rows) };
  } finally {
    await app.close();
  }
}

/** Kills one server after another, each at a random moment of a job's work, and starts another in its place. */
async function killAround({ settings, count }: Place, member: TestKey, datasetId: string) {
  const start = async (): Promise<Server> => {
    const server = spawnServer({ ...env, ...settings });
    await server.ready;
    return server;
  };
  const servers = await Promise.all(Array.from({ length: count }, start));
  const jobs: string[] = [];
  try {
    for (let killed = 0; killed < kills; killed += 1) {
      const job = await inTheMiddle(jobs);
      await sleep(randomInt(1000));
      const victim = randomInt(count);
      servers[victim]?.kill('SIGKILL');
      await servers[victim]?.exited;
      servers[victim] = await start();
      expect((await ask((client) => client.jobs.get.query({ id: job }))).state).not.toBe('failed');
    }
    return await Promise.all(jobs.map(finish));
  } finally {
    for (const server of servers) await server[Symbol.asyncDispose]();
  }

  /** The id of a job that has begun, and has not ended. */
  async function inTheMiddle(ids: string[]): Promise<string> {
    for (;;) {
      const last = ids.at(-1);
      const job = last && (await ask((client) => client.jobs.get.query({ id: last, waitS: 1 })));
      if (job && job.finishedAt === null) {
        if (job.progress.rowsDone > 0 && job.state === 'running') return job.id;
        continue;
      }
      const made = await ask((client) => client.jobs.predictDataset.mutate({ datasetId, model: 'penguins' }));
      ids.push(made.id);
    }
  }

  async function finish(id: string): Promise<{ job: Job; numbers: unknown[] }> {
    let job = await ask((client) => client.jobs.get.query({ id }));
    while (job.finishedAt === null) job = await ask((client) => client.jobs.get.query({ id, waitS: 5 }));
    const numbers: unknown[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await ask((client) =>
        client.datasets.rows.query({ id: job.resultsId ?? id, limit: 1000, cursor }),
      );
      numbers.push(...page.rows.map((row) => (row.species === null ? null : row.number)));
      if (page.nextCursor === null) return { job, numbers };
      cursor = page.nextCursor;
    }
  }

  async function ask<T>(call: (client: TestKey['client']) => Promise<T>): Promise<T> {
    const url = await servers[randomInt(count)]?.ready;
    return call(clientAt({ url: url ?? '' }, member));
  }
}

/** @returns how often they were begun in all */
function expectEachRowOnce(done: Awaited<ReturnType<typeof killAround>>): number {
  const all = Array.from({ length: rows }, (_, i) => i);
  for (const { job, numbers } of done) {
    expect(job).toMatchObject({ state: 'succeeded', progress: { rowsDone: rows, rowsFailed: 0 } });
    expect(numbers).toEqual(all);
  }
  const attempts = done.reduce((sum, { job }) => sum + job.attempts, 0);
  process.stdout.write(`${kills} kills, ${done.length} jobs, ${attempts} attempts\n`);
  return attempts;
}

describe('kill -9 while jobs run', () => {
  test('on the embedded database: each row has exactly one result', {
    timeout: (kills + 2) * msPerKill,
  }, async () => {
    const folder = await createEmptyDataFolder();
    try {
      const settings = { ORIEL_DATA_DIR: folder.path };
      const { member, datasetId } = await prepare(settings);
      const done = await killAround({ settings, count: 1 }, member, datasetId);
      expect(expectEachRowOnce(done)).toBeGreaterThan(done.length);
    } finally {
      await folder.remove();
    }
  });

  test.runIf(testServerUrl !== null)(
    'on PostgreSQL with two processes: the other goes on',
    { timeout: (kills + 2) * msPerKill },
    async () => {
      const folder = await createEmptyDataFolder();
      const database = await createOnServer();
      try {
        const settings = { ORIEL_DATA_DIR: folder.path, DATABASE_URL: database.databaseUrl };
        const { member, datasetId } = await prepare(settings);
        expectEachRowOnce(await killAround({ settings, count: 2 }, member, datasetId));
      } finally {
        await database.drop();
        await folder.remove();
      }
    },
  );
});

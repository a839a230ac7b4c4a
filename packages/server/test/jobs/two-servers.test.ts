import type { Job } from '@oriel/schemas';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { systemActor } from '../../src/auth/audit/service.ts';
import { createEmptyDataFolder } from '../db/support/embedded-folder.ts';
import { createFlakyNetwork } from '../db/support/flaky-network.ts';
import { createOnServer, testServerUrl } from '../db/support/test-databases.ts';
import { createKey, createUser } from '../support/identities.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';
import { clientAt, createMember, createPenguins, waitFor } from './support.ts';

// Two servers on one PostgreSQL: one answers and does no jobs, the other does them. Skipped where there is none.

const rows = 600;
const chunkRows = 3;

type Member = Awaited<ReturnType<typeof createMember>>;

/** Every revision from the first to the last, each once. */
function expectNoGapAndNoRepeat(revisions: readonly number[]): void {
  const [first = 0] = revisions;
  expect(revisions).toEqual(Array.from({ length: revisions.length }, (_, i) => first + i));
}

describe.runIf(testServerUrl !== null)('two servers on one PostgreSQL', () => {
  let database: Awaited<ReturnType<typeof createOnServer>>;
  let folder: Awaited<ReturnType<typeof createEmptyDataFolder>>;
  let answering: TestApp;
  let working: TestApp;
  let member: Member;
  let datasetId: string;
  beforeAll(async () => {
    database = await createOnServer();
    folder = await createEmptyDataFolder();
    const env = {
      DATABASE_URL: database.databaseUrl,
      ORIEL_DATA_DIR: folder.path,
      ORIEL_JOB_CHUNK_ROWS: String(chunkRows),
    };
    answering = await startTestApp({ ...env, ORIEL_ROLE: 'api' });
    working = await startTestApp({ ...env, ORIEL_ROLE: 'worker' });
    member = await createMember(answering);
    datasetId = await createPenguins(member.client, rows);
  });
  afterAll(async () => {
    await answering.close();
    await working.close();
    await database.drop();
    await folder.remove();
  });

  const begin = () => member.client.jobs.predictDataset.mutate({ datasetId, model: 'penguins' });

  test('one that only works answers nothing but its probes and metrics', async () => {
    const statusOf = async (path: string) => (await working.send(path)).status;
    expect(await statusOf('/health/live')).toBe(200);
    expect(await statusOf('/health/ready')).toBe(200);
    expect(await statusOf('/metrics')).toBe(200);
    for (const path of ['/', '/api/v1/models', '/trpc/models.list', '/oauth/token', '/docs'])
      expect(await statusOf(path)).toBe(404);
  });

  test('a job of the other is cancelled there when its owner is disabled at this one', async () => {
    const own = await createMember(answering);
    const many = await createPenguins(own.client, 1000 * chunkRows);
    const { id } = await own.client.jobs.predictDataset.mutate({ datasetId: many, model: 'penguins' });
    await waitFor(own.client, id, ({ progress }) => progress.rowsDone > 0);
    const { services, database } = answering.app;
    await services.users.update(systemActor, { id: own.owner.slice('user:'.length), isDisabled: true });
    const find = () => database.prisma.job.findUniqueOrThrow({ where: { id } });
    await vi.waitUntil(async () => (await find()).finishedAt !== null, { timeout: 150_000 });
    expect(await find()).toMatchObject({ state: 'cancelled', error: { code: 'FORBIDDEN' }, resultsId: null });
  });

  test('what a job of the other computes counts towards the quota of its key at this one', async () => {
    const scopes = ['datasets:read', 'datasets:write', 'jobs:read', 'jobs:write'] as const;
    const key = await createKey(answering, await createUser(answering), {
      scopes: [...scopes],
      computeMsPerDayMax: 1,
    });
    const many = await createPenguins(key.client, 1000 * chunkRows);
    await key.client.jobs.predictDataset.mutate({ datasetId: many, model: 'penguins' });
    const ask = () => answering.send('/api/v1/jobs', { headers: key.headers });
    const refused = await vi.waitUntil(
      async () => {
        const answer = await ask();
        return answer.status === 429 && answer;
      },
      { timeout: 150_000 },
    );
    expect(refused).toMatchObject({ body: { code: 'QUOTA_EXCEEDED' } });
  });

  test('a subscription at one tells of a job of the other, and goes on after a break', async () => {
    const network = await createFlakyNetwork(answering.url);
    await network.restore();
    const { id } = await begin();
    const client = clientAt({ url: network.url.replace(/\/$/, '') }, member);
    const revisions: number[] = [];
    await new Promise<void>((resolve, reject) => {
      let breaks = 0;
      let breaking = Promise.resolve();
      client.jobs.events.subscribe(
        { id },
        {
          onData({ data }) {
            revisions.push(data.revision);
            if (revisions.length % 8 !== 0 || breaks >= 3) return;
            breaks += 1;
            breaking = breaking.then(network.cut).then(network.restore);
            breaking.catch(reject);
          },
          onError: reject,
          onComplete: resolve,
        },
      );
    });
    await network.cut();
    expectNoGapAndNoRepeat(revisions);
    // chunks that are done while one is written down are told of together: two breaks at least
    expect(revisions.length).toBeGreaterThan(16);
    expect((await member.client.jobs.get.query({ id })).revision).toBe(revisions.at(-1));
  });

  test('a stream over REST that breaks after each few events tells each once', async () => {
    const { id } = await begin();
    const told: Job[] = [];
    while (told.at(-1)?.finishedAt == null)
      told.push(...(await readSome(answering, id, told.at(-1)?.revision, 4)));
    expectNoGapAndNoRepeat(told.map(({ revision }) => revision));
    expect(told.at(-1)).toMatchObject({ state: 'succeeded', progress: { rowsDone: rows } });
  });

  test('a server that stops sends its watchers to another, who has what they lack', async () => {
    const env = { DATABASE_URL: database.databaseUrl, ORIEL_DATA_DIR: folder.path, ORIEL_ROLE: 'api' };
    const leaving = await startTestApp(env);
    const { id } = await begin();
    const reading = readSome(leaving, id, undefined, 1000);
    await waitFor(member.client, id, ({ progress }) => progress.rowsDone > 2 * chunkRows);
    await leaving.close();
    const before = await reading;
    expect(before.at(-1)?.state).not.toBe('succeeded');
    const after = await readSome(answering, id, before.at(-1)?.revision, 1000);
    expectNoGapAndNoRepeat([...before, ...after].map(({ revision }) => revision));
    expect(after.at(-1)?.state).toBe('succeeded');
  });

  test('a wait at one ends with what the other does; a pause at one reaches the other', async () => {
    const { client } = member;
    const { id } = await begin();
    await waitFor(client, id, ({ progress }) => progress.rowsDone > chunkRows);
    await client.jobs.pause.mutate({ id });
    const paused = await waitFor(client, id, ({ state }) => state === 'paused');
    expect(paused.progress.rowsDone).toBeLessThan(rows);
    await client.jobs.resume.mutate({ id });
    expect((await waitFor(client, id)).progress.rowsDone).toBe(rows);
  });

  /** The next events of a stream, at most so many; then it breaks off. */
  async function readSome(
    app: TestApp,
    id: string,
    lastEventId: number | undefined,
    most: number,
  ): Promise<Job[]> {
    const controller = new AbortController();
    const headers = {
      ...member.headers,
      ...(lastEventId !== undefined && { 'last-event-id': String(lastEventId) }),
    };
    const { signal } = controller;
    const response = await fetch(`${app.url}/api/v1/jobs/${id}/events`, { headers, signal });
    const jobs: Job[] = [];
    let text = '';
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const data = /^data: (.*)$/m.exec(text.slice(0, end))?.[1];
        text = text.slice(end + 2);
        if (data !== undefined && jobs.length < most) jobs.push(JSON.parse(data) as Job);
      }
      if (jobs.length >= most) break;
    }
    controller.abort();
    return jobs;
  }
});

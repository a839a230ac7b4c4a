import { randomUUID } from 'node:crypto';
import type { Job } from '@oriel/schemas';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemActor } from '../../src/auth/audit/service.ts';
import { createClientId, createKey, createUser } from '../support/identities.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';
import { createMember, createPenguins, waitFor } from './support.ts';

/** Enough chunks to be in the middle of, for as long as a test needs. */
const rows = 900;
const chunkRows = 3;

type Member = Awaited<ReturnType<typeof createMember>>;

async function disable({ app }: TestApp, { owner }: Member): Promise<void> {
  await app.services.users.update(systemActor, { id: owner.slice('user:'.length), isDisabled: true });
}

describe('a job that runs', () => {
  let app: TestApp;
  let member: Member;
  let datasetId: string;
  beforeAll(async () => {
    app = await startTestApp({ ORIEL_JOB_CHUNK_ROWS: String(chunkRows) });
    member = await createMember(app);
    datasetId = await createPenguins(member.client, rows);
  });
  afterAll(() => app.close());

  /** One that is in the middle of its chunks. */
  async function begin(of = { ...member, datasetId }): Promise<Job> {
    const { id } = await of.client.jobs.predictDataset.mutate({
      datasetId: of.datasetId,
      model: 'penguins',
    });
    return waitFor(of.client, id, ({ progress }) => progress.rowsDone >= 2 * chunkRows);
  }

  test('pauses after its chunk, and goes on from there', async () => {
    const { client } = member;
    const { id } = await begin();
    expect((await client.jobs.pause.mutate({ id })).state).toBe('pausing');
    const paused = await waitFor(client, id, ({ state }) => state === 'paused');
    expect(paused.progress.rowsDone).toBeLessThan(rows);
    expect(paused.progress).toMatchObject({ rowsPerSecond: null, secondsLeft: null });
    // to ask again changes nothing
    expect(await client.jobs.pause.mutate({ id })).toEqual(paused);

    expect((await client.jobs.resume.mutate({ id })).state).toBe('queued');
    const done = await waitFor(client, id);
    expect(done).toMatchObject({ state: 'succeeded', attempts: 2, progress: { rowsDone: rows } });
    const results = await client.datasets.rows.query({ id: done.resultsId ?? '', limit: 1000 });
    expect(results.rows.map(({ number }) => number)).toEqual(Array.from({ length: rows }, (_, i) => i));
  });

  test('is cancelled after its chunk, for good, and makes no dataset', async () => {
    const { client } = member;
    const { id } = await begin();
    expect((await client.jobs.cancel.mutate({ id })).state).toBe('cancelling');
    const cancelled = await waitFor(client, id);
    expect(cancelled).toMatchObject({ state: 'cancelled', resultsId: null });
    expect(cancelled.progress.rowsDone).toBeLessThan(rows);
    const resumed = await app.post(`/api/v1/jobs/${id}/resume`, {}, member.headers);
    expect(resumed.status).toBe(409);
    expect(resumed.body).toMatchObject({ code: 'JOB_TRANSITION_REFUSED' });
    expect((await app.send(`/api/v1/jobs/${id}/results`, { headers: member.headers })).status).toBe(409);

    const again = await client.jobs.retryFailed.mutate({ id });
    // what was scored before is not scored again
    expect(again.progress.rowsDone).toBeGreaterThan(0);
    expect(await waitFor(client, again.id)).toMatchObject({
      state: 'succeeded',
      progress: { rowsDone: rows },
    });
  });

  test('is cancelled when its owner is disabled, and says so; so is what is put in line afterwards', async () => {
    const own = await createMember(app);
    const many = 1000 * chunkRows;
    const { id } = await begin({ ...own, datasetId: await createPenguins(own.client, many) });
    await disable(app, own);
    const admin = await createKey(app, await createUser(app, 'admin'), { scopes: ['jobs:read', 'admin'] });
    const cancelled = await waitFor(admin.client, id);
    expect(cancelled).toMatchObject({ state: 'cancelled', error: { code: 'FORBIDDEN' }, resultsId: null });
    expect(cancelled.progress.rowsDone).toBeLessThan(many);

    // as a process does that has not heard of it
    const late = await app.app.services.jobs.create(own.owner, {
      kind: 'dataset.check',
      input: {},
      title: 'x',
    });
    expect(await waitFor(admin.client, late.id)).toMatchObject({
      state: 'cancelled',
      error: { code: 'FORBIDDEN' },
    });
  });

  test('says how fast it is, and how long it will take', async () => {
    const { client } = member;
    const { id } = await begin();
    const { progress } = await waitFor(client, id, (job) => (job.progress.rowsPerSecond ?? 0) > 0);
    expect(progress.secondsLeft).toBeGreaterThan(0);
    await client.jobs.cancel.mutate({ id });
    await waitFor(client, id);
  });

  test('leaves a place for the jobs of others, however many of its owner’s wait', async () => {
    const { client } = member;
    const many = await createPenguins(client, 1000 * chunkRows);
    const make = () =>
      client.jobs.predictDataset.mutate({ datasetId: many, model: 'penguins', priority: 10 });
    const made = [await make(), await make(), await make()];
    for (const { id } of made.slice(0, 2)) await waitFor(client, id, ({ progress }) => progress.rowsDone > 0);

    const other = await createMember(app);
    const own = await createPenguins(other.client, 2);
    const { id } = await other.client.jobs.predictDataset.mutate({ datasetId: own, model: 'penguins' });
    expect((await waitFor(other.client, id)).state).toBe('succeeded');
    const states = await Promise.all(
      made.map(async (job) => (await client.jobs.get.query({ id: job.id })).state),
    );
    expect(states).toEqual(['running', 'running', 'queued']);
    for (const job of made) await client.jobs.cancel.mutate({ id: job.id });
    for (const job of made) await waitFor(client, job.id);
  });

  test('of somebody else is out of reach; an admin who cancels it is in the audit log', async () => {
    const { id } = await begin();
    const other = await createMember(app);
    await expect(other.client.jobs.cancel.mutate({ id })).rejects.toThrow('There is no job');
    const scopes = ['jobs:read', 'jobs:write', 'admin'] as const;
    const admin = await createKey(app, await createUser(app, 'admin'), { scopes: [...scopes] });
    await admin.client.jobs.cancel.mutate({ id });
    await waitFor(member.client, id);
    const { items } = await admin.client.audit.list.query({ action: 'job.cancelled' });
    expect(items).toMatchObject([
      { actor: `key:${admin.key.id}`, target: `job:${id}`, detail: { owner: member.owner } },
    ]);
  });
});

describe('a job that waits', () => {
  let app: TestApp;
  let member: Member;
  beforeAll(async () => {
    // nobody takes jobs here
    app = await startTestApp({ ORIEL_JOBS_PER_USER_MAX: '3' }, { areJobsDone: false });
    member = await createMember(app);
  });
  afterAll(() => app.close());

  const create = (owner: string) =>
    app.app.services.jobs.create(owner, { kind: 'dataset.check', input: {}, title: 'x' });

  test('is paused, resumed and cancelled at once', async () => {
    const { client, owner } = member;
    const { id, state } = await create(owner);
    expect(state).toBe('queued');
    expect((await client.jobs.pause.mutate({ id })).state).toBe('paused');
    expect((await client.jobs.resume.mutate({ id })).state).toBe('queued');
    const cancelled = await client.jobs.cancel.mutate({ id });
    expect(cancelled).toMatchObject({ state: 'cancelled', attempts: 0, startedAt: null });
    expect(cancelled.finishedAt).not.toBeNull();
  });

  test('is cancelled when its owner is disabled, and so is one that is paused; what has ended stays', async () => {
    const own = await createMember(app);
    const [ended, paused, waiting] = [
      await create(own.owner),
      await create(own.owner),
      await create(own.owner),
    ];
    await own.client.jobs.cancel.mutate({ id: ended.id });
    await own.client.jobs.pause.mutate({ id: paused.id });
    await disable(app, own);
    const { prisma } = app.app.database;
    const errorOf = async ({ id }: Job) => {
      const { state, error } = await prisma.job.findUniqueOrThrow({ where: { id } });
      expect(state).toBe('cancelled');
      return error;
    };
    expect(await errorOf(ended)).toBeNull();
    expect(await errorOf(paused)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await errorOf(waiting)).toMatchObject({ code: 'FORBIDDEN' });
  });

  test('is cancelled when the client that it is for is revoked', async () => {
    const clientId = await createClientId(app);
    const { id } = await create(`client:${clientId}`);
    await app.app.services.clients.revoke(systemActor, clientId);
    const stored = await app.app.database.prisma.job.findUniqueOrThrow({ where: { id } });
    expect(stored).toMatchObject({ state: 'cancelled', error: { code: 'FORBIDDEN' } });
  });

  test('keeps its place in line for months, while no server runs that could take it', async () => {
    const { prisma } = app.app.database;
    const { id } = await create(member.owner);
    const marker = randomUUID();
    await prisma.$executeRaw`
      UPDATE pgboss.job SET start_after = start_after - interval '90 days', keep_until = keep_until - interval '90 days'
      WHERE data->>'jobId' = ${id}`;
    await prisma.$executeRaw`
      INSERT INTO pgboss.job (id, name, keep_until) VALUES (${marker}::uuid, 'reading', now() - interval '1 second')`;
    await prisma.$executeRaw`UPDATE pgboss.queue SET maintain_on = NULL`;

    const isThere = async (entry: string) => {
      const rows: unknown[] = await prisma.$queryRaw`
        SELECT 1 FROM pgboss.job WHERE id::text = ${entry} OR data->>'jobId' = ${entry}`;
      return rows.length > 0;
    };
    // what has had its time is thrown away now
    await expect.poll(() => isThere(marker), { timeout: 30_000 }).toBe(false);
    expect(await isThere(id)).toBe(true);
    await member.client.jobs.cancel.mutate({ id });
  });

  test('counts for how many one may have; what has ended does not, nor what others have', async () => {
    const busy = `user:${randomUUID()}`;
    const [first] = await Promise.all([create(busy), create(busy), create(busy)]);
    await expect(create(busy)).rejects.toMatchObject({ code: 'JOB_LIMIT_REACHED', retryAfterS: 10 });
    await create(`user:${randomUUID()}`);
    await app.app.services.jobs.cancel(
      { principal: { id: busy, owner: busy }, exchange: { ip: null } },
      { kind: 'own', owner: busy },
      first.id,
    );
    await create(busy);
  });

  test('of two that come at once for the last place, one is refused', async () => {
    const busy = `user:${randomUUID()}`;
    const answers = await Promise.allSettled(Array.from({ length: 6 }, () => create(busy)));
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  });

  test('a wait for a change ends with its time', async () => {
    const { id, revision } = await create(member.owner);
    const startedAt = performance.now();
    expect((await member.client.jobs.get.query({ id, waitS: 1, revision })).revision).toBe(revision);
    expect(performance.now() - startedAt).toBeGreaterThan(900);
  });

  test('the longest wait there may be ends with the first change', async () => {
    const { client, owner, headers } = member;
    const { id, revision } = await create(owner);
    const asked = [
      client.jobs.get.query({ id, waitS: 30, revision }),
      app.send(`/api/v1/jobs/${id}?waitS=30&revision=${revision}`, { headers }).then(({ body }) => body),
      app.send(`/api/v1/jobs/${id}`, { headers: { ...headers, prefer: 'wait=30' } }).then(({ body }) => body),
    ];
    await client.jobs.cancel.mutate({ id });
    for (const answer of await Promise.all(asked)) expect(answer).toMatchObject({ state: 'cancelled' });
  });
});

import { randomUUID } from 'node:crypto';
import type { Job } from '@oriel/schemas';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createKey, createUser } from '../support/identities.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';
import { createMember, createPenguins, penguinRows, waitFor } from './support.ts';

let app: TestApp;
let member: Awaited<ReturnType<typeof createMember>>;
let datasetId: string;
beforeAll(async () => {
  app = await startTestApp({ ORIEL_JOB_CHUNK_ROWS: '50' });
  member = await createMember(app);
  datasetId = await createPenguins(member.client, 120);
});
afterAll(() => app.close());

const predict = (input: object, headers: Record<string, string> = {}) =>
  app.post(
    '/api/v1/jobs/predict-dataset',
    { datasetId, model: 'penguins', ...input },
    { ...member.headers, ...headers },
  );
const get = (path: string, headers: Record<string, string> = {}) =>
  app.send(`/api/v1${path}`, { headers: { ...member.headers, ...headers }, redirect: 'manual' });

describe('Idempotency-Key', () => {
  const key = randomUUID();

  test('200: the same key and body are the same job, by either door', async () => {
    const first = await predict({}, { 'idempotency-key': key });
    const again = await predict({}, { 'idempotency-key': key });
    expect([first.status, again.status]).toEqual([200, 200]);
    const { id } = first.body as Job;
    expect((again.body as Job).id).toBe(id);
    const typed = await member.client.jobs.predictDataset.mutate({
      datasetId,
      model: 'penguins',
      idempotencyKey: key,
    });
    expect(typed.id).toBe(id);
    await waitFor(member.client, id);
    // also when it is over
    expect(((await predict({}, { 'idempotency-key': key })).body as Job).id).toBe(id);
  });

  test('of any number of calls at once, one makes a job', async () => {
    const together = randomUUID();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => predict({ name: 'together' }, { 'idempotency-key': together })),
    );
    const made = answers.filter(({ status }) => status === 200).map(({ body }) => (body as Job).id);
    expect(new Set(made).size).toBe(1);
    for (const { status, body } of answers)
      if (status !== 200) expect(body).toMatchObject({ status: 409, code: 'IDEMPOTENCY_KEY_IN_FLIGHT' });
    await waitFor(member.client, made[0] ?? '');
  });

  test('422: the same key with another body', async () => {
    const { status, body } = await predict({ keepColumns: false }, { 'idempotency-key': key });
    expect(status).toBe(422);
    expect(body).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  });

  test('another owner has keys of its own, and a call that fails gives its key back', async () => {
    const other = await createMember(app);
    const call = { datasetId, model: 'penguins', idempotencyKey: key };
    await expect(other.client.jobs.predictDataset.mutate(call)).rejects.toThrow('There is no dataset');
    const own = { ...call, datasetId: await createPenguins(other.client, 3) };
    const made = await other.client.jobs.predictDataset.mutate(own);
    expect((await waitFor(other.client, made.id)).progress.rowsTotal).toBe(3);
  });

  test('409: a key whose maker is at it; a maker that died gives it back', async () => {
    const held = randomUUID();
    const inputHash = 'of whatever that was';
    const operation = 'jobs.predictDataset';
    const times = { createdAt: new Date(), seenAt: new Date() };
    const { idempotencyKey } = app.app.database.prisma;
    await idempotencyKey.create({ data: { owner: member.owner, operation, key: held, inputHash, ...times } });
    const call = () => predict({}, { 'idempotency-key': held });
    // another input than that of the maker, as far as anybody knows
    expect((await call()).status).toBe(422);
    await idempotencyKey.updateMany({
      where: { key: held },
      data: { seenAt: new Date(Date.now() - 60_000) },
    });
    const { status, body } = await call();
    expect(status).toBe(200);
    await waitFor(member.client, (body as Job).id);
    await idempotencyKey.updateMany({ where: { key: held }, data: { resultId: null, seenAt: new Date() } });
    expect((await call()).body).toMatchObject({ status: 409, code: 'IDEMPOTENCY_KEY_IN_FLIGHT' });
  });

  test.each([
    ['/jobs/predict-dataset', {}, () => ({ datasetId, model: 'penguins' })],
    ['/jobs/check-dataset', {}, () => ({ datasetId, model: 'penguins' })],
    ['/models/penguins/predict-many', { prefer: 'respond-async' }, () => ({ inputs: penguinRows(2) })],
    ['/datasets', {}, () => ({ rows: penguinRows(2) })],
  ])(
    '400: %s with another key in the header than in the body; the same is one',
    async (path, prefer, inputOf) => {
      const call = (idempotencyKey: string, header: string) =>
        app.post(
          `/api/v1${path}`,
          { ...inputOf(), idempotencyKey },
          { ...member.headers, ...prefer, 'idempotency-key': header },
        );
      const [one, two] = [randomUUID(), randomUUID()];
      const { status, body } = await call(one, two);
      expect(status).toBe(400);
      const message = 'is something else in the header Idempotency-Key: leave it out, or give the same';
      expect(body).toMatchObject({
        code: 'INPUT_INVALID',
        detail: `The input is not valid. idempotencyKey: ${message}`,
        issues: [{ path: ['idempotencyKey'], rule: 'conflict', message }],
      });
      // neither is taken by a call that was refused; a quoted one is the same, as the draft of the header has it
      for (const key of [one, two]) expect((await call(key, `"${key}"`)).status).toBeLessThan(300);
    },
  );

  test('400: a key that is none', async () => {
    const { status, body } = await predict({}, { 'idempotency-key': 'a b' });
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'INPUT_INVALID' });
  });
});

describe('GET /api/v1/jobs/{id}', () => {
  test('304: its ETag is the revision; 200 once it is another', async () => {
    const { id } = (await predict({})).body as Job;
    const { revision } = await waitFor(member.client, id);
    const answer = await get(`/jobs/${id}`);
    expect(answer.headers.get('etag')).toBe(`"${revision}"`);
    expect((await get(`/jobs/${id}`, { 'if-none-match': `"${revision}"` })).status).toBe(304);
    expect((await get(`/jobs/${id}`, { 'if-none-match': `"${revision - 1}"` })).status).toBe(200);
    const list = `"${revision - 1}", W/"${revision}"`;
    for (const known of [list, `W/"${revision}"`, '*']) {
      const unchanged = await get(`/jobs/${id}`, { 'if-none-match': known });
      expect([unchanged.status, unchanged.headers.get('etag')]).toEqual([304, `"${revision}"`]);
    }
  });

  test('with Prefer: wait, the answer comes with the next change', async () => {
    const { id, revision } = (await predict({})).body as Job;
    const answer = await get(`/jobs/${id}`, { prefer: 'wait=20', 'if-none-match': `"${revision}"` });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('preference-applied')).toBe('wait=20');
    expect((answer.body as Job).revision).toBeGreaterThan(revision);
    await waitFor(member.client, id);
  });

  test('404: a job of somebody else, and one that is none', async () => {
    const { id } = (await predict({})).body as Job;
    await waitFor(member.client, id);
    const other = await createMember(app);
    const statusOf = async (path: string) => (await app.send(path, { headers: other.headers })).status;
    for (const rest of ['', '/events', '/results'])
      expect(await statusOf(`/api/v1/jobs/${id}${rest}`)).toBe(404);
    expect((await get(`/jobs/${randomUUID()}`)).status).toBe(404);
    expect((await get('/jobs/none')).status).toBe(400);
    expect((await app.send(`/api/v1/jobs/${id}`)).status).toBe(401);
  });

  test('its results lead to their export', async () => {
    const { id } = (await predict({})).body as Job;
    const { resultsId } = await waitFor(member.client, id);
    const answer = await get(`/jobs/${id}/results?format=csv`);
    expect(answer.status).toBe(307);
    expect(answer.headers.get('location')).toBe(`/api/v1/datasets/${resultsId}/export?format=csv&version=1`);
    const file = await app.send(`/api/v1/jobs/${id}/results?format=csv`, { headers: member.headers });
    // with a line of names
    expect(file.text.trim().split('\n')).toHaveLength(121);
    await member.client.datasets.create.mutate({ datasetId: resultsId ?? '', rows: [{ other: 1 }] });
    const same = await app.send(`/api/v1/jobs/${id}/results?format=csv`, { headers: member.headers });
    expect(same.text).toBe(file.text);
  });
});

describe('GET /api/v1/jobs/{id}/events', () => {
  test('tells every revision once, in order, and ends with the last', async () => {
    const { id } = (await predict({})).body as Job;
    const { headers, text } = await get(`/jobs/${id}/events`);
    expect(headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const ids = [...text.matchAll(/^id: (\d+)$/gm)].map(([, revision]) => Number(revision));
    expect(ids).toEqual(Array.from({ length: ids.length }, (_, i) => (ids[0] ?? 0) + i));
    const jobs = [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data ?? '') as Job);
    expect(jobs.map(({ revision }) => revision)).toEqual(ids);
    expect(jobs.at(-1)?.state).toBe('succeeded');
    expect(jobs.map(({ progress }) => progress.rowsDone)).toEqual(
      jobs.map(({ progress }) => progress.rowsDone).toSorted((a, b) => a - b),
    );
    // a stream that broke after any of them goes on with the next
    const [, third = 0] = ids;
    const rest = await get(`/jobs/${id}/events`, { 'last-event-id': String(third) });
    expect([...rest.text.matchAll(/^id: (\d+)$/gm)].map(([, revision]) => Number(revision))).toEqual(
      ids.slice(2),
    );
    // a browser that has seen the end does not come again
    expect((await get(`/jobs/${id}/events`, { 'last-event-id': String(ids.at(-1)) })).status).toBe(204);
  });
});

describe('lists', () => {
  test('are of one’s own, newest first, in pages; admins see all', async () => {
    const lister = await createMember(app);
    const datasetId = await createPenguins(lister.client, 3);
    const ids: string[] = [];
    for (let i = 0; i < 2; i += 1) {
      const { id } = await lister.client.jobs.predictDataset.mutate({ datasetId, model: 'penguins' });
      await waitFor(lister.client, id);
      ids.unshift(id);
    }
    const query = { kind: 'dataset.predict', limit: 1 } as const;
    const one = await lister.client.jobs.list.query(query);
    const two = await lister.client.jobs.list.query({ ...query, cursor: one.nextCursor ?? undefined });
    expect([one, two].flatMap(({ items }) => items.map(({ id }) => id))).toEqual(ids);
    expect(two.nextCursor).toBeNull();
    const admin = await createKey(app, await createUser(app, 'admin'), {
      scopes: ['jobs:read', 'jobs:write', 'admin'],
    });
    const all = await admin.client.jobs.list.query({ datasetId, kind: 'dataset.predict' });
    expect(all.items.map(({ id }) => id)).toEqual(ids);
  });
});

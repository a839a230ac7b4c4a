import { randomUUID } from 'node:crypto';
import type { Job } from '@oriel/schemas';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createKey } from '../support/identities.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';
import { createMember, createPenguins, waitFor } from './support.ts';

let app: TestApp;
let member: Awaited<ReturnType<typeof createMember>>;
beforeAll(async () => {
  app = await startTestApp({ ORIEL_JOB_CHUNK_ROWS: '100' });
  member = await createMember(app);
});
afterAll(() => app.close());

describe('a job that scores a dataset', () => {
  test('gives each row its result, in its place, beside the columns it came with', async () => {
    const { client } = member;
    const datasetId = await createPenguins(client, 250, { hasFaults: true });
    const made = await client.jobs.predictDataset.mutate({ datasetId, model: 'penguins', keepColumns: true });
    expect(made).toMatchObject({
      kind: 'dataset.predict',
      title: 'Predict penguins with penguins',
      model: 'penguins',
      modelVersion: '1',
      datasetId,
      datasetVersion: 1,
      progress: { rowsTotal: 250, rowsDone: 0, rowsFailed: 0 },
      resultsId: null,
    });
    const done = await waitFor(client, made.id);
    expect(done).toMatchObject({
      state: 'succeeded',
      attempts: 1,
      error: null,
      progress: { rowsTotal: 250, rowsDone: 250, rowsFailed: 35, rowsPerSecond: null },
      summary: { rows: 250, rowsFailed: 35 },
    });
    const results = await client.datasets.rows.query({ id: done.resultsId ?? '', limit: 1000 });
    expect(results.rows).toHaveLength(250);
    expect(results.rows.map(({ number }) => number)).toEqual(Array.from({ length: 250 }, (_, i) => i));
    expect(results.columns.map(({ name }) => name)).toEqual([
      'number',
      'island',
      'culmenLengthMm',
      'culmenDepthMm',
      'flipperLengthMm',
      'bodyMassG',
      'species',
      'probabilities.Adelie',
      'probabilities.Chinstrap',
      'probabilities.Gentoo',
      'error_code',
      'error_message',
    ]);
    for (const [i, row] of results.rows.entries()) {
      if (i % 7 === 6) expect(row).toMatchObject({ species: null, error_code: 'INPUT_INVALID' });
      else expect(row).toMatchObject({ error_code: null, error_message: null });
    }
    // nobody has asked for it yet
    await expect
      .poll(async () => {
        const where = { datasetId_version: { datasetId: made.id, version: 1 } };
        const { profile } = await app.app.database.prisma.datasetVersion.findUniqueOrThrow({ where });
        return Object(profile).columns.length;
      })
      .toBe(results.columns.length);
    const [first] = results.rows;
    const single = await client.models.penguins.predict.mutate({
      island: 'Biscoe',
      culmenLengthMm: 35,
      culmenDepthMm: 15,
      flipperLengthMm: 180,
      bodyMassG: 3500,
    });
    expect(first?.species).toBe(single.output.species);
  });

  test('an empty choice of columns to keep leaves the results alone', async () => {
    const { client } = member;
    const datasetId = await createPenguins(client, 5);
    const made = await client.jobs.predictDataset.mutate({
      datasetId,
      model: 'penguins',
      keepColumns: false,
    });
    const { resultsId } = await waitFor(client, made.id);
    const { columns, rows } = await client.datasets.rows.query({ id: resultsId ?? '' });
    expect(columns[0]).toEqual({ name: 'species', type: 'text' });
    expect(rows).toHaveLength(5);
  });

  test('is refused with a reason when it cannot begin', async () => {
    const { client } = member;
    const datasetId = await createPenguins(client, 3);
    const predict = (input: object) =>
      app.post('/api/v1/jobs/predict-dataset', { datasetId, model: 'penguins', ...input }, member.headers);
    const codeOf = async (input: object) => {
      const { status, body } = await predict(input);
      return [status, (body as { code: string }).code];
    };
    expect(await codeOf({ model: 'unicorns' })).toEqual([404, 'MODEL_NOT_FOUND']);
    expect(await codeOf({ modelVersion: '99' })).toEqual([404, 'MODEL_VERSION_NOT_FOUND']);
    expect(await codeOf({ datasetId: randomUUID() })).toEqual([404, 'NOT_FOUND']);
    expect(await codeOf({ datasetVersion: 9 })).toEqual([404, 'NOT_FOUND']);
    expect(await codeOf({ datasetVersion: 2 ** 31 })).toEqual([400, 'INPUT_INVALID']);
    expect(await codeOf({ mapping: { island: 'nowhere' } })).toEqual([400, 'INPUT_INVALID']);
    expect(await codeOf({ priority: 11 })).toEqual([400, 'INPUT_INVALID']);
    // and what is not one's own is not there
    const other = await createMember(app);
    await expect(other.client.jobs.predictDataset.mutate({ datasetId, model: 'penguins' })).rejects.toThrow(
      'There is no dataset',
    );
  });
});

describe('the failed rows of a job', () => {
  test('are tried again by a job that takes over the others', async () => {
    const { client } = member;
    const datasetId = await createPenguins(client, 250, { hasFaults: true });
    const made = await client.jobs.predictDataset.mutate({ datasetId, model: 'penguins' });
    const first = await waitFor(client, made.id);
    const again = await client.jobs.retryFailed.mutate({ id: made.id });
    expect(again.id).not.toBe(made.id);
    const second = await waitFor(client, again.id);
    expect(second).toMatchObject({ state: 'succeeded', progress: { rowsDone: 250, rowsFailed: 35 } });
    const rowsOf = async (id: string | null) =>
      (await client.datasets.rows.query({ id: id ?? '', limit: 1000 })).rows;
    expect(await rowsOf(second.resultsId)).toEqual(await rowsOf(first.resultsId));
  });

  test('cannot be, where there are none', async () => {
    const { client } = member;
    const datasetId = await createPenguins(client, 5);
    const { id } = await client.jobs.predictDataset.mutate({ datasetId, model: 'penguins' });
    await waitFor(client, id);
    await expect(client.jobs.retryFailed.mutate({ id })).rejects.toThrow('no row of it failed');
  });

  test('are one job for one idempotency key', async () => {
    const { client, headers } = member;
    const datasetId = await createPenguins(client, 7, { hasFaults: true });
    const { id } = await client.jobs.predictDataset.mutate({ datasetId, model: 'penguins' });
    await waitFor(client, id);
    const retry = () =>
      app.post(`/api/v1/jobs/${id}/retry-failed`, {}, { ...headers, 'idempotency-key': 'again' });
    const first = await retry();
    expect(first.status).toBe(200);
    await client.datasets.delete.mutate({ id: datasetId });
    const second = await retry();
    expect((second.body as Job).id).toBe((first.body as Job).id);
  });

  test('are refused to a key that may not use the model, and where the dataset is no longer to be read', async () => {
    const [owner, reader] = [await createMember(app), await createMember(app)];
    const readerId = reader.owner.slice('user:'.length);
    const id = await createPenguins(owner.client, 7, { hasFaults: true });
    const { email } = await app.app.database.prisma.user.findUniqueOrThrow({ where: { id: readerId } });
    await owner.client.datasets.share.mutate({ id, email });
    const { jobs } = reader.client;
    const made = await jobs.predictDataset.mutate({ datasetId: id, model: 'penguins' });
    await waitFor(reader.client, made.id);

    const limited = await createKey(
      app,
      { id: readerId, name: 'reader', role: 'member' },
      { scopes: ['jobs:write'], models: ['spam'] },
    );
    const { retryFailed } = limited.client.jobs;
    await expect(retryFailed.mutate({ id: made.id })).rejects.toThrow('There is no model "penguins".');
    await owner.client.datasets.unshare.mutate({ id, userId: readerId });
    await expect(jobs.retryFailed.mutate({ id: made.id })).rejects.toThrow('There is no dataset');
  });
});

describe('a check', () => {
  test('says how many rows a model would refuse, and why', async () => {
    const { client } = member;
    const datasetId = await createPenguins(client, 50, { hasFaults: true });
    const { id } = await client.jobs.checkDataset.mutate({ datasetId, model: 'penguins' });
    const done = await waitFor(client, id);
    expect(done).toMatchObject({
      kind: 'dataset.check',
      state: 'succeeded',
      error: null,
      summary: { rows: 50, rowsFailed: 7, causes: [{ field: 'bodyMassG', rows: 7, firstRow: 7 }] },
    });
  });
});

describe('predict-many with Prefer: respond-async', () => {
  const prefer = { prefer: 'respond-async' };
  const inputs = [{ island: 'Dream' }, { island: 'Atlantis' }, { island: 'Biscoe', bodyMassG: 5000 }];

  test('202: a job, and where it is; its results have each input beside its output', async () => {
    const answer = await app.post(
      '/api/v1/models/penguins/predict-many',
      { inputs },
      { ...member.headers, ...prefer },
    );
    expect(answer.status).toBe(202);
    expect(answer.headers.get('preference-applied')).toBe('respond-async');
    const location = answer.headers.get('location') ?? '';
    const there = await app.send(location, { headers: member.headers });
    expect(there.body).toMatchObject({ kind: 'inputs.predict', model: 'penguins' });
    const done = await waitFor(member.client, location.split('/').at(-1) ?? '');
    expect(done).toMatchObject({ state: 'succeeded', progress: { rowsDone: 3, rowsFailed: 1 } });
    const { rows } = await member.client.datasets.rows.query({ id: done.resultsId ?? '' });
    expect(rows.map(({ input }) => input)).toEqual(inputs);
    expect(rows.map(({ error_code: code }) => code)).toEqual([null, 'INPUT_INVALID', null]);
  });

  test('without it, the answer waits for the predictions', async () => {
    const answer = await app.post('/api/v1/models/penguins/predict-many', { inputs }, member.headers);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ results: [{ ok: true }, { ok: false }, { ok: true }] });
  });

  test('401: jobs belong to somebody, anonymous callers wait', async () => {
    const answer = await app.post('/api/v1/models/penguins/predict-many', { inputs }, prefer);
    expect(answer.status).toBe(401);
  });
});

import { type CheckSummary, checkSummarySchema } from '@oriel/schemas';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { drawOne } from '../support/inputs.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';
import { asDataset, createDatasetUser, type DatasetUser, untilEnded, uploadCsv } from './support/datasets.ts';
import { zip } from './tables/support/zip.ts';

let app: TestApp;
let ada: DatasetUser;
beforeAll(async () => {
  // small chunks, so that a check has several
  app = await startTestApp({ ORIEL_JOB_CHUNK_ROWS: '3' });
  ada = await createDatasetUser(app);
});
afterAll(() => app.close());

const birds = [
  'Island,culmen_length_mm,Body mass (g),sex',
  'Dream,39.5,3750,male', // fine
  'Dream,,,', // fine: nothing was measured
  'Atlantis,39.5,3750,male', // no such island
  'Biscoe,5,99999,female', // too short, too heavy
  'Torgersen,n/a,3750,female', // no number
  ',39.5,3750,', // no island
  'Biscoe,40,4000,hen', // no such sex
].join('\n');

const check = async (datasetId: string, more: object = {}) => {
  const job = await ada.client.jobs.checkDataset.mutate({ datasetId, model: 'penguins', ...more });
  return untilEnded(ada, job.id);
};

describe('columns for a model', () => {
  test('are proposed with reasons', async () => {
    const { id } = await uploadCsv(ada, birds);
    const { mapping, fields } = await ada.client.datasets.mapping.query({ id, model: 'penguins' });
    expect(mapping).toEqual({
      island: 'Island',
      culmenLengthMm: 'culmen_length_mm',
      bodyMassG: 'Body mass (g)',
      sex: 'sex',
    });
    expect(fields.find(({ field }) => field === 'culmenDepthMm')).toEqual({
      field: 'culmenDepthMm',
      isRequired: false,
      column: null,
      reason: 'No column has such a name. The field may be left out.',
    });
    const rest = await ada.get(`/api/v1/datasets/${id}/mapping?model=penguins`);
    expect(rest.body).toEqual({ mapping, fields });
    expect((await ada.get(`/api/v1/datasets/${id}/mapping?model=nothing`)).status).toBe(404);
  });
});

describe('a check of a dataset against a model', () => {
  test('counts the rows that fail and why, and reports each with its number', async () => {
    const { id } = await uploadCsv(ada, birds, { name: 'Birds' });
    const job = await check(id);
    expect(job).toMatchObject({ state: 'succeeded', progress: { rowsTotal: 7, rowsDone: 7, rowsFailed: 5 } });
    const summary: CheckSummary = checkSummarySchema.parse(job.summary);
    expect(summary).toMatchObject({ rows: 7, rowsFailed: 5 });
    expect(summary.causes.map(({ field, rule, rows, firstRow }) => [field, rule, rows, firstRow])).toEqual([
      ['island', 'invalid_value', 2, 3],
      ['culmenLengthMm', 'too_small', 1, 4],
      ['bodyMassG', 'too_big', 1, 4],
      ['culmenLengthMm', 'invalid_type', 1, 5],
      ['sex', 'invalid_value', 1, 7],
    ]);

    const report = await ada.client.datasets.get.query({ id: job.resultsId ?? '' });
    expect(report).toMatchObject({ name: 'Birds: rows that penguins refuses', origin: 'job', jobId: job.id });
    const { rows } = await ada.client.datasets.rows.query({ id: report.id });
    expect(rows.map(({ row, field, value }) => [row, field, value])).toEqual([
      [3, 'island', 'Atlantis'],
      [4, 'culmenLengthMm', '5'],
      [4, 'bodyMassG', '99999'],
      [5, 'culmenLengthMm', 'n/a'],
      [6, 'island', null],
      [7, 'sex', 'hen'],
    ]);
    const download = await ada.get(`/api/v1/datasets/${report.id}/export`);
    expect(download.text.split(/\r?\n/)[0]).toBe('row,field,rule,message,value');
  });

  test('that finds nothing makes no report', async () => {
    const { id } = await uploadCsv(ada, 'island\nDream\nBiscoe\nDream\nDream\n');
    expect(await check(id)).toMatchObject({
      state: 'succeeded',
      resultsId: null,
      summary: { rows: 4, rowsFailed: 0, causes: [] },
    });
  });

  test('takes the mapping that it is given, and refuses one that does not fit before it begins', async () => {
    const { id } = await uploadCsv(ada, birds);
    const job = await check(id, { mapping: { island: 'sex' } });
    expect(job.summary).toMatchObject({ rowsFailed: 7 });
    await expect(check(id, { mapping: { island: 'Insel' } })).rejects.toMatchObject({
      data: {
        problem: { code: 'INPUT_INVALID', issues: [{ path: ['mapping', 'island'], rule: 'unknown_column' }] },
      },
    });
    await expect(check(id, { mapping: { Island: 'Island' } })).rejects.toThrow('no input field "Island"');
    const { id: other } = await uploadCsv(ada, 'a\n1\n');
    await expect(check(other)).rejects.toThrow('needs the field "island"');
  });

  test('reads images, which need no mapping', async () => {
    const one = Buffer.from(drawOne());
    const bytes = zip(Array.from({ length: 10 }, (_, i) => ({ name: `digits/${i}.png`, bytes: one })));
    const { body } = await ada.upload(new Uint8Array(bytes), { name: 'digits.zip' }, { prefer: 'wait=30' });
    const { id, latest } = asDataset(body);
    expect(latest).toMatchObject({ state: 'ready', format: 'images', rows: 10 });
    const job = await ada.client.jobs.checkDataset.mutate({ datasetId: id, model: 'digits' });
    expect(await untilEnded(ada, job.id)).toMatchObject({
      state: 'succeeded',
      summary: { rows: 10, rowsFailed: 0 },
    });
  });

  test('of somebody else’s dataset is refused; of a shared one it is the checker’s own', async () => {
    const bob = await createDatasetUser(app);
    const { id } = await uploadCsv(bob, birds);
    await expect(check(id)).rejects.toMatchObject({ data: { code: 'NOT_FOUND' } });
    await bob.client.datasets.share.mutate({ id, email: ada.email });
    const job = await check(id);
    expect(await ada.client.datasets.get.query({ id: job.resultsId ?? '' })).toMatchObject({ isMine: true });
    await expect(bob.client.datasets.get.query({ id: job.resultsId ?? '' })).rejects.toThrow('no dataset');
  });

  test('reads on with the version that was there when it was made', async () => {
    const { id } = await uploadCsv(ada, birds);
    await uploadCsv(ada, 'island\nDream\n', { datasetId: id });
    expect((await check(id, { datasetVersion: 1 })).summary).toMatchObject({ rows: 7 });
    expect((await check(id)).summary).toMatchObject({ rows: 1 });
  });
});

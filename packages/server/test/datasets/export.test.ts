import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../support/test-app.ts';
import { asDataset, asProblem, createDatasetUser, type DatasetUser, uploadCsv } from './support/datasets.ts';

const birds = 'island,length\nDream,39.5\nBiscoe,\n"=1+1",41\n';

let app: TestApp;
let ada: DatasetUser;
let id: string;
beforeAll(async () => {
  app = await startTestApp();
  ada = await createDatasetUser(app);
  id = (await uploadCsv(ada, birds, { name: 'Vögel "2026"/x' })).id;
});
afterAll(() => app.close());

const download = (query: Record<string, string>) =>
  ada.get(`/api/v1/datasets/${id}/export?${new URLSearchParams(query)}`);

describe('a download', () => {
  test('is CSV with a safe name, and formulas of it are none', async () => {
    const { status, headers, text } = await download({});
    expect(status).toBe(200);
    expect(headers.get('content-type')).toContain('text/csv');
    expect(headers.get('content-disposition')).toBe(
      'attachment; filename="Vo_gel -2026--x.csv"; filename*=UTF-8\'\'V%C3%B6gel%20-2026--x.csv',
    );
    expect(text.split(/\r?\n/).filter(Boolean)).toEqual([
      'island,length',
      'Dream,39.5',
      'Biscoe,',
      "'=1+1,41.0",
    ]);
  });

  test('is NDJSON, of chosen columns and rows in an order', async () => {
    const query = new URLSearchParams({
      format: 'ndjson',
      columns: '["island"]',
      filter: '{"column":"length","op":"isNull","value":false}',
      sort: '[{"column":"length","order":"desc"}]',
    });
    const response = await fetch(`${app.url}/api/v1/datasets/${id}/export?${query}`, {
      headers: ada.headers,
    });
    expect(response.headers.get('content-type')).toBe('application/x-ndjson');
    expect(await response.text()).toBe('{"island":"=1+1"}\n{"island":"Dream"}\n');
  });

  test('as Parquet is what can be uploaded again', async () => {
    const response = await fetch(`${app.url}/api/v1/datasets/${id}/export?format=parquet`, {
      headers: ada.headers,
    });
    expect(response.headers.get('content-disposition')).toContain('.parquet"');
    const bytes = new Uint8Array(await response.arrayBuffer());
    const { body } = await ada.upload(bytes, { name: 'again.parquet' }, { prefer: 'wait=30' });
    expect(asDataset(body).latest).toMatchObject({ state: 'ready', format: 'parquet', rows: 3 });
    const again = await ada.client.datasets.rows.query({ id: asDataset(body).id });
    expect(again.rows).toEqual((await ada.client.datasets.rows.query({ id })).rows);
  });

  test.each([
    [{ format: 'xlsx' }, 'format'],
    [{ filter: '{' }, 'filter'],
    [{ filter: `${'['.repeat(100)}${']'.repeat(100)}` }, 'levels'],
    [{ columns: 'island' }, 'columns'],
    [{ columns: '["nothing"]' }, 'nothing'],
    [{ version: '1.5' }, 'version'],
    [{ limit: '5' }, 'limit'],
  ])('with a wrong parameter is refused: %j', async (query, message) => {
    const { status, body } = await download(query);
    expect([status, asProblem(body).code]).toEqual([400, 'INPUT_INVALID']);
    expect(asProblem(body).detail).toContain(message);
  });

  test('asks who is calling', async () => {
    expect((await app.send(`/api/v1/datasets/${id}/export`)).status).toBe(401);
    const bob = await createDatasetUser(app);
    expect((await bob.get(`/api/v1/datasets/${id}/export`)).status).toBe(404);
  });

  test('that its reader leaves does no harm', async () => {
    const rows = Array.from({ length: 200_000 }, (_, i) => `${i},${'x'.repeat(50)}`).join('\n');
    const large = await uploadCsv(ada, `n,text\n${rows}\n`);
    for (let round = 0; round < 3; round += 1) {
      const controller = new AbortController();
      const path = `${app.url}/api/v1/datasets/${large.id}/export`;
      const response = await fetch(path, { headers: ada.headers, signal: controller.signal });
      await response.body?.getReader().read();
      controller.abort();
    }
    const whole = await ada.get(`/api/v1/datasets/${large.id}/export?columns=["n"]`);
    expect(whole.text.trimEnd().split('\n')).toHaveLength(200_001);
  });
});

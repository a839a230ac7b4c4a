import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createKey } from '../support/identities.ts';
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
    for (const method of ['GET', 'POST', 'GET']) {
      const controller = new AbortController();
      const path = `${app.url}/api/v1/datasets/${large.id}/export`;
      const response = await fetch(path, { method, headers: ada.headers, signal: controller.signal });
      await response.body?.getReader().read();
      controller.abort();
    }
    const whole = await ada.get(`/api/v1/datasets/${large.id}/export?columns=["n"]`);
    expect(whole.text.trimEnd().split('\n')).toHaveLength(200_001);
  });
});

describe('a download whose selection comes in the body', () => {
  const path = () => `/api/v1/datasets/${id}/export`;
  async function fileOf(path: string, init: RequestInit) {
    const response = await fetch(`${app.url}${path}`, init);
    const { status, headers } = response;
    const told = [
      'content-type',
      'content-disposition',
      'content-length',
      'transfer-encoding',
      'cache-control',
    ];
    return { status, headers: told.map((name) => headers.get(name)), text: await response.text() };
  }
  const send = (body: string, headers: Record<string, string>) =>
    app.send(path(), { method: 'POST', body, headers: { ...ada.headers, ...headers } });

  test.each([
    [{}],
    [
      {
        format: 'ndjson',
        columns: ['island'],
        filter: { column: 'length', op: 'isNull', value: false },
        sort: [{ column: 'length', order: 'desc' }],
      },
    ],
    [{ format: 'parquet', version: 1 }],
  ])('is the file that GET gives: %j', async (selection) => {
    const texts = Object.entries(selection).map(([name, value]) => [
      name,
      typeof value === 'object' ? JSON.stringify(value) : String(value),
    ]);
    const query = new URLSearchParams(Object.fromEntries(texts));
    const inUrl = await fileOf(`${path()}?${query}`, { headers: ada.headers });
    const inBody = await fileOf(path(), {
      method: 'POST',
      headers: { ...ada.headers, 'content-type': 'application/json' },
      body: JSON.stringify(selection),
    });
    expect(inUrl.status).toBe(200);
    expect(inBody).toEqual(inUrl);
  });

  test('is everything as CSV without a body, as without a query', async () => {
    const { status, text } = await app.send(path(), { method: 'POST', headers: ada.headers });
    expect([status, text]).toEqual([200, (await download({})).text]);
  });

  test('has room for a filter that no URL has', async () => {
    const values = ['Dream', ...Array.from({ length: 999 }, (_, i) => `x${i}`)];
    const filter = { column: 'island', op: 'in', values };
    const tooLong = await download({ filter: JSON.stringify(filter) });
    expect([tooLong.status, asProblem(tooLong.body).code]).toEqual([414, 'URL_TOO_LONG']);
    const { status, text } = await ada.post(path(), { filter });
    expect([status, text.split(/\r?\n/)]).toEqual([200, ['island,length', 'Dream,39.5', '']]);
  });

  test.each([
    [{ format: 'xlsx' }, 'format'],
    [{ filter: '{}' }, 'filter'],
    [JSON.parse(`${'['.repeat(100)}${']'.repeat(100)}`), 'levels'],
    [{ columns: ['nothing'] }, 'nothing'],
    [{ version: '1' }, 'version'],
    [{ limit: 5 }, 'limit'],
    [{ id: '0193a1b2-0000-7000-8000-0000000000d1' }, 'is something else in the path'],
    [['island'], 'object'],
  ])('with a wrong field is refused: %j', async (selection: unknown, message) => {
    const { status, body } = await ada.post(path(), selection);
    expect([status, asProblem(body).code]).toEqual([400, 'INPUT_INVALID']);
    expect(asProblem(body).detail).toContain(message);
  });

  test('has its selection nowhere else', async () => {
    const { status, body } = await ada.post(`${path()}?format=parquet`, {});
    expect(status).toBe(400);
    expect(asProblem(body).issues).toMatchObject([{ path: ['format'], rule: 'unrecognized_keys' }]);
  });

  test.each([
    [415, 'MEDIA_TYPE_UNSUPPORTED', 'format=csv', { 'content-type': 'application/x-www-form-urlencoded' }],
    [415, 'MEDIA_TYPE_UNSUPPORTED', 'csv', { 'content-type': 'text/plain' }],
    [415, 'MEDIA_TYPE_UNSUPPORTED', '{}', { 'content-type': 'application/json', 'content-encoding': 'gzip' }],
    [400, 'BODY_MALFORMED', '{', { 'content-type': 'application/json' }],
    [413, 'BODY_TOO_LARGE', `"${'x'.repeat(11_000_000)}"`, { 'content-type': 'application/json' }],
  ])('is refused as every body of REST is: %i %s', async (status, code, body, headers) => {
    expect(await send(body, headers)).toMatchObject({ status, body: { code } });
  });

  test('asks who is calling, before its body is read', async () => {
    const bob = await createDatasetUser(app);
    const unscoped = await createKey(app, bob.user, { scopes: ['models:read'] });
    const statusOf = async (headers: Record<string, string>, body: string) =>
      (
        await app.send(path(), {
          method: 'POST',
          headers: { ...headers, 'content-type': 'application/json' },
          body,
        })
      ).status;
    expect(await statusOf({}, '{')).toBe(401);
    expect(await statusOf({ ...unscoped.headers }, '{')).toBe(403);
    expect(await statusOf({ ...bob.headers }, '{}')).toBe(404);
  });
});

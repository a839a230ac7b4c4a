import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDatasetUser, type DatasetUser, uploadCsv } from '../datasets/support/datasets.ts';
import { createKey, createUser } from '../support/identities.ts';
import { gentoo } from '../support/inputs.ts';
import { openRaw } from '../support/raw-http.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

let app: TestApp;
let ada: DatasetUser;
beforeAll(async () => {
  app = await startTestApp({ ORIEL_UPLOAD_BYTES_MAX: '100000', ORIEL_BODY_BYTES_MAX: '100000' });
  ada = await createDatasetUser(app);
});
afterAll(() => app.close());

const upload = '/api/v1/datasets/upload?name=rows.csv';
const createRows = '/api/v1/datasets';
const exportRows = '/api/v1/datasets/00000000-0000-7000-8000-000000000000/export';
const predict = '/api/v1/models/penguins/predict';

interface Head {
  readonly headers?: Readonly<Record<string, string>>;
  readonly length: number;
  readonly type?: string;
}

/** Sends the head of a request that holds its body back until it is asked for it. */
async function announce(path: string, { headers = {}, length, type = 'application/json' }: Head) {
  const raw = await openRaw(app.url);
  const all = {
    host: 'a',
    'content-type': type,
    'content-length': length,
    ...headers,
    expect: '100-continue',
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  raw.send(`POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
  return raw;
}

/** The first that the server says. */
async function statusOf({ received }: Awaited<ReturnType<typeof openRaw>>): Promise<number> {
  await expect.poll(received, { timeout: 10_000 }).toContain('\r\n\r\n');
  return Number(received().slice('HTTP/1.1 '.length).split(' ', 1)[0]);
}

describe('a body that waits to be asked for', () => {
  const without = async () => (await createKey(app, await createUser(app))).headers;
  const wrong = async () => ({ authorization: 'Bearer oriel_wrong_key' });
  const right = async () => ada.headers;

  test.each([
    [401, 'an upload of somebody unknown', upload, async () => ({}), 1000],
    [401, 'an upload with a wrong key', upload, wrong, 1000],
    [403, 'an upload with a key that may not', upload, without, 1000],
    [413, 'an upload that is too large', upload, right, 2_000_000],
    [401, 'rows of somebody unknown', createRows, async () => ({}), 1000],
    [403, 'rows with a key that may not', createRows, without, 1000],
    [413, 'rows that are too many', createRows, right, 200_000],
    [401, 'the selection of an export of somebody unknown', exportRows, async () => ({}), 1000],
    [403, 'the selection of an export with a key that may not', exportRows, without, 1000],
    [413, 'the selection of an export that is too large', exportRows, right, 200_000],
    [403, 'rows over tRPC with a key that may not', '/trpc/datasets.create', without, 1000],
    [413, 'rows over tRPC that are too many', '/trpc/datasets.create', right, 200_000],
    [401, 'an input with a wrong key', predict, wrong, 1000],
    [404, 'rows for what there is not', '/api/v1/dataset', right, 1000],
    [405, 'rows for what takes none', '/api/v1/models/penguins', right, 1000],
    [401, 'rows as a stream with a wrong key', `${predict}-stream`, wrong, 1000],
  ])('is not asked for where the answer is %i: %s', async (status, _what, path, headersOf, length) => {
    const raw = await announce(path, { headers: await headersOf(), length });
    expect(await statusOf(raw)).toBe(status);
    // the connection ends: nobody can tell whether the body still comes
    const answer = await raw.readAll();
    expect(answer?.headers.connection).toBe('close');
    expect(answer?.body).toContain(`"status":${status}`);
  });

  test('is not asked for where it is for a dataset of somebody else', async () => {
    const { id } = await uploadCsv(ada, 'a\n1\n');
    const { headers } = await createDatasetUser(app);
    const raw = await announce(`${upload}&datasetId=${id}`, { headers, length: 1000, type: 'text/csv' });
    expect(await statusOf(raw)).toBe(404);
    raw.close();
  });

  test('is asked for where a call is to become a job, by whoever may make jobs', async () => {
    const { headers } = await createKey(app, await createUser(app), { scopes: ['jobs:write'] });
    const body = JSON.stringify({ inputs: [gentoo] });
    const more = { ...headers, prefer: 'respond-async' };
    const raw = await announce(`${predict}-many`, { headers: more, length: body.length });
    expect(await statusOf(raw)).toBe(100);
    raw.send(body);
    await expect.poll(raw.received, { timeout: 10_000 }).toContain('202 Accepted');
    raw.close();
  });

  test.each([
    ['a file', upload, 'text/csv', 'a\n1\n', 201],
    ['rows', createRows, 'application/json', '{"rows":[{"a":1}]}', 200],
    ['rows over tRPC', '/trpc/datasets.create', 'application/json', '{"json":{"rows":[{"a":1}]}}', 200],
    ['an input', predict, 'application/json', JSON.stringify(gentoo), 200],
    ['rows as a stream', `${predict}-stream`, 'application/x-ndjson', `${JSON.stringify(gentoo)}\n`, 200],
  ])(
    'is asked for once, then read, and the connection stays: %s',
    async (_what, path, type, body, status) => {
      const raw = await announce(path, { headers: ada.headers, length: body.length, type });
      expect(await statusOf(raw)).toBe(100);
      raw.send(body);
      raw.send('GET /health/live HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
      await raw.readAll();
      expect(raw.received().match(/HTTP\/1\.1 \d+/g)).toEqual([
        'HTTP/1.1 100',
        `HTTP/1.1 ${status}`,
        'HTTP/1.1 200',
      ]);
    },
  );
});

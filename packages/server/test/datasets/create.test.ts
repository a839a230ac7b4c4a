import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../support/test-app.ts';
import { asDataset, asProblem, createDatasetUser, type DatasetUser, newKey } from './support/datasets.ts';

let app: TestApp;
let ada: DatasetUser;
beforeAll(async () => {
  app = await startTestApp();
  ada = await createDatasetUser(app);
});
afterAll(() => app.close());

describe('a dataset of rows', () => {
  const rows = [
    { island: 'Dream', length: 39.5, tags: ['a', { b: 1 }] },
    { island: 'Biscoe', length: null, tags: null },
  ];

  test('is ready at once, through tRPC and REST', async () => {
    const made = await ada.client.datasets.create.mutate({ name: 'Typed', rows });
    expect(made).toMatchObject({ name: 'Typed', latest: { state: 'ready', rows: 2, format: 'ndjson' } });
    expect((await ada.client.datasets.rows.query({ id: made.id })).rows).toEqual(rows);
    const rest = await ada.post('/api/v1/datasets', { rows });
    expect([rest.status, asDataset(rest.body).name]).toEqual([200, 'rows']);
  });

  test('is made once for each key', async () => {
    const idempotencyKey = newKey();
    const first = await ada.client.datasets.create.mutate({ rows, idempotencyKey });
    expect((await ada.client.datasets.create.mutate({ rows, idempotencyKey })).id).toBe(first.id);
    const headers = { 'idempotency-key': idempotencyKey };
    expect(asDataset((await ada.post('/api/v1/datasets', { rows }, headers)).body).id).toBe(first.id);
    const other = await ada.post('/api/v1/datasets', { rows: [{ a: 1 }] }, headers);
    expect([other.status, asProblem(other.body).code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
  });

  test.each([
    ['neither rows nor a URL', {}],
    ['both', { rows, url: 'https://example.com/a.csv' }],
    ['no row', { rows: [] }],
    ['rows that are none', { rows: [1] }],
    ['a name with control characters', { rows, name: 'a\0b' }],
    ['a description with NUL', { rows, description: 'a\0b' }],
  ])('is refused with %s', async (_name, input) => {
    const before = await app.app.database.prisma.dataset.count();
    const { status, body } = await ada.post('/api/v1/datasets', input);
    expect([status, asProblem(body).code]).toEqual([400, 'INPUT_INVALID']);
    expect(await app.app.database.prisma.dataset.count()).toBe(before);
  });

  test('keeps a text with NUL readable', async () => {
    const { id, latest } = await ada.client.datasets.create.mutate({ rows: [{ text: 'a\0b' }] });
    if (latest.state === 'failed') expect(latest.error?.code).toBe('DATASET_UNREADABLE');
    else expect((await ada.client.datasets.profile.query({ id })).rows).toBe(1);
  });
});

describe('a dataset of a URL', () => {
  const csv = 'a,b\n1,x\n2,y\n';
  let files: Server;
  let open: typeof app;
  let eve: DatasetUser;
  let at: string;
  const answers: Record<string, (response: ServerResponse) => void> = {
    '/data/birds%20of%202026.csv?x=1': (response) => response.end(csv),
    '/packed.csv': (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(csv)),
    '/broken.csv': (response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('a,b\n');
      setTimeout(() => response.destroy(), 50);
    },
    '/large.csv': (response) => response.end('x'.repeat(2_000_000)),
    '/brotli.csv': (response) => response.writeHead(200, { 'content-encoding': 'br' }).end(csv),
    '/cut.csv': (response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(csv).subarray(0, 25)),
  };
  beforeAll(async () => {
    files = createServer((request, response) => {
      const answer = answers[request.url ?? ''];
      if (answer) answer(response);
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve));
    at = `http://127.0.0.1:${(files.address() as AddressInfo).port}`;
    open = await startTestApp({ ORIEL_OUTBOUND_PRIVATE: 'on', ORIEL_UPLOAD_BYTES_MAX: '1000000' });
    eve = await createDatasetUser(open);
  });
  afterAll(async () => {
    files.closeAllConnections();
    files.close();
    await open.close();
  });

  test('is named after its file, whatever it is packed with', async () => {
    const made = await eve.client.datasets.create.mutate({ url: `${at}/data/birds%20of%202026.csv?x=1` });
    expect(made).toMatchObject({
      name: 'birds of 2026',
      latest: { state: 'ready', rows: 2, sourceName: 'birds of 2026.csv', sizeBytes: csv.length },
    });
    const packed = await eve.client.datasets.create.mutate({ url: `${at}/packed.csv` });
    expect(packed.latest.sourceSha256).toBe(made.latest.sourceSha256);
  });

  test.each([
    ['/missing.csv', 'URL_REFUSED'],
    ['/broken.csv', 'URL_REFUSED'],
    ['/brotli.csv', 'URL_REFUSED'],
    ['/large.csv', 'BODY_TOO_LARGE'],
    ['/cut.csv', 'URL_REFUSED'],
  ])('that cannot be had is refused, and leaves nothing: %s', async (path, code) => {
    const before = await open.app.database.prisma.dataset.count();
    const { body } = await eve.post('/api/v1/datasets', { url: `${at}${path}` });
    expect(asProblem(body).code).toBe(code);
    expect(await open.app.database.prisma.dataset.count()).toBe(before);
  });

  test('of the inside is refused', async () => {
    for (const url of [`${at}/packed.csv`, 'http://169.254.169.254/latest/meta-data', 'file:///etc/passwd']) {
      const { status, body } = await ada.post('/api/v1/datasets', { url });
      expect([url, status, asProblem(body).code]).toEqual([url, 400, 'URL_REFUSED']);
      expect(asProblem(body).issues).toMatchObject([{ path: ['url'], rule: 'url' }]);
    }
  });
});

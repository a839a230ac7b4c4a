import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createKey } from '../support/identities.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';
import { asDataset, asProblem, createDatasetUser, type DatasetUser, newKey } from './support/datasets.ts';

const birds = 'island,length\nDream,39.5\nBiscoe,41\n';
const sha256 = (text: string | Uint8Array, encoding: 'hex' | 'base64' = 'hex') =>
  createHash('sha256').update(text).digest(encoding);
const wait = { prefer: 'wait=30' };

let app: TestApp;
let ada: DatasetUser;
beforeAll(async () => {
  app = await startTestApp({
    ORIEL_UPLOAD_BYTES_MAX: '3000000',
    ORIEL_BODY_BYTES_MAX: '100000',
  });
  ada = await createDatasetUser(app);
});
afterAll(() => app.close());

const countDatasets = () => app.app.database.prisma.dataset.count();

/** Sends a form, as browsers and curl do. */
function sendForm(parts: Record<string, string | File>, headers: Record<string, string> = {}) {
  const body = new FormData();
  for (const [name, value] of Object.entries(parts)) body.append(name, value);
  return app.send('/api/v1/datasets/upload', {
    method: 'POST',
    body,
    headers: { ...ada.headers, ...wait, ...headers },
  });
}

/** The first bytes of an upload, over a socket of its own. */
async function begin(headers: string, part: string, by: Pick<DatasetUser, 'headers'> = ada, at = app) {
  const { hostname, port } = new URL(at.url);
  const socket = connect(Number(port), hostname);
  let answer = '';
  socket.on('data', (bytes: Buffer) => (answer += bytes.toString()));
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.write(
    `POST /api/v1/datasets/upload?name=a.csv HTTP/1.1\r\nhost: x\r\nauthorization: ${by.headers.authorization}\r\n${headers}\r\n\r\n${part}`,
  );
  return { socket, closed, answer: () => answer };
}

describe('a file is uploaded', () => {
  test('as the body: answered 201 with the dataset, ready, and where it is', async () => {
    const { status, headers, body } = await ada.upload(birds, { name: 'birds.csv' }, wait);
    expect(status).toBe(201);
    const { id, latest } = asDataset(body);
    expect(headers.get('location')).toBe(`/api/v1/datasets/${id}`);
    expect(latest).toMatchObject({
      state: 'ready',
      rows: 2,
      sourceName: 'birds.csv',
      sourceSha256: sha256(birds),
      sizeBytes: birds.length,
    });
  });

  test('packed with gzip, also without a content type and in chunks', async () => {
    const packed = new Uint8Array(gzipSync(birds));
    const { status, body } = await ada.upload(packed, {}, { ...wait, 'content-encoding': 'gzip' });
    expect([status, asDataset(body).latest.sourceSha256]).toEqual([201, sha256(birds)]);
    const stream = new ReadableStream<Uint8Array>({
      async start(controller) {
        for (const char of birds) {
          controller.enqueue(new TextEncoder().encode(char));
          await sleep(1);
        }
        controller.close();
      },
    });
    const streamed = await ada.upload(stream, {}, wait);
    expect(asDataset(streamed.body).latest).toMatchObject({ state: 'ready', rows: 2 });
  });

  test('of JSON, whatever its type is called', async () => {
    for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded']) {
      const json = '[{"a": 1}, {"a": 2}]';
      const { body } = await ada.upload(json, { name: 'rows.json' }, { ...wait, 'content-type': type });
      expect(asDataset(body).latest).toMatchObject({ state: 'ready', format: 'json', rows: 2 });
    }
  });

  test('in a form, with its fields before and after the file', async () => {
    const { status, body } = await sendForm({
      name: 'Of a form',
      file: new File([birds], 'C:\\data\\birds.csv'),
      tags: 'a,b',
      description: 'x',
    });
    expect(status).toBe(201);
    expect(asDataset(body)).toMatchObject({
      name: 'Of a form',
      tags: ['a', 'b'],
      description: 'x',
      latest: { state: 'ready', rows: 2, sourceName: 'birds.csv' },
    });
    const named = await sendForm({ file: new File([birds], 'more birds.csv') });
    expect(asDataset(named.body).name).toBe('more birds');
  });

  test('and not waited for, when the caller prefers that', async () => {
    const { status, body } = await ada.upload(birds, {}, { prefer: 'respond-async' });
    expect([status, asDataset(body).latest.state]).toEqual([201, 'importing']);
  });

  test('that is no table: the version is failed, and says why and where', async () => {
    const { status, body } = await ada.upload('a,b\n1,2\n"3,4\n', {}, wait);
    expect(status).toBe(201);
    expect(asDataset(body).latest).toMatchObject({ state: 'failed', rows: null, columns: [] });
    expect(asDataset(body).latest.error?.code).toBe('DATASET_UNREADABLE');
    expect((await ada.get(`/api/v1/datasets/${asDataset(body).id}/rows`)).status).toBe(409);
  });
});

describe('an upload is refused', () => {
  test('without the scope, before its body is read', async () => {
    const { headers } = await createKey(app, ada.user, { scopes: ['datasets:read'] });
    const upload = await begin('content-length: 1000', '', { headers });
    await expect.poll(upload.answer).toContain('403 Forbidden');
    expect(upload.answer()).toContain('datasets:write');
    upload.socket.destroy();
  });

  test.each([
    ['without a key', {}, 401],
    ['with a wrong key', { authorization: `Bearer oriel_aaaaaaaa_${'a'.repeat(43)}` }, 401],
  ])('%s', async (_name, headers, status) => {
    const answer = await app.send('/api/v1/datasets/upload', { method: 'POST', body: birds, headers });
    expect(answer.status).toBe(status);
  });

  test('with unknown or wrong parameters, before a byte is stored', async () => {
    const before = await countDatasets();
    const wrong: Record<string, string>[] = [
      { nmae: 'x' },
      { format: 'xlsx' },
      { datasetId: 'x' },
      { name: 'a\nb' },
      { rows: '[]' },
    ];
    for (const query of wrong) {
      const { status, body } = await ada.upload(birds, query);
      expect([query, status, asProblem(body).code]).toEqual([query, 400, 'INPUT_INVALID']);
    }
    const encoding = await ada.upload(birds, {}, { 'content-encoding': 'br' });
    expect([encoding.status, asProblem(encoding.body).code]).toEqual([415, 'MEDIA_TYPE_UNSUPPORTED']);
    expect(await countDatasets()).toBe(before);
  });

  test.each([
    ['no file', { name: 'x' }, 'one file'],
    ['two files', { file: new File([birds], 'a.csv'), more: new File([birds], 'b.csv') }, 'one file'],
    [
      'a field that is too large',
      { file: new File([birds], 'a.csv'), description: 'x'.repeat(1_100_000) },
      'at most',
    ],
    ['an unknown field', { file: new File([birds], 'a.csv'), colour: 'blue' }, 'colour'],
  ])('as a form with %s', async (_name, parts, message) => {
    const before = await countDatasets();
    const { status, body } = await sendForm(parts);
    expect([status, asProblem(body).code]).toEqual([400, 'INPUT_INVALID']);
    expect(asProblem(body).detail).toContain(message);
    expect(await countDatasets()).toBe(before);
  });

  test('with nothing in it', async () => {
    const none = await app.send('/api/v1/datasets/upload', { method: 'POST', headers: ada.headers });
    expect([none.status, asProblem(none.body).code]).toEqual([400, 'BODY_MALFORMED']);
    const empty = await sendForm({ file: new File([], 'a.csv') });
    expect(asDataset(empty.body).latest).toMatchObject({
      state: 'failed',
      error: { code: 'DATASET_UNREADABLE' },
    });
  });

  test('as a form that is none', async () => {
    const { status, body } = await ada.upload('x', {}, { 'content-type': 'multipart/form-data' });
    expect([status, asProblem(body).code]).toEqual([400, 'BODY_MALFORMED']);
  });

  test('when it is too large: as announced, as it arrives, unpacked, and in a form', async () => {
    const large = new Uint8Array(3_000_001).fill(0x61);
    const huge = new Uint8Array(5_000_000).fill(0x61);
    const chunked = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(new Uint8Array(100_000).fill(0x61));
      },
    });
    const answers = [
      await ada.upload(huge),
      await ada.upload(large),
      await ada.upload(new Uint8Array(gzipSync(large)), {}, { 'content-encoding': 'gzip' }),
      await sendForm({ file: new File([large], 'a.csv') }),
      await ada.upload(chunked).catch(() => null),
    ];
    // an endless stream may be cut off before its answer is read
    for (const answer of answers)
      if (answer) expect([answer.status, asProblem(answer.body).code]).toEqual([413, 'BODY_TOO_LARGE']);
    // larger than bodies may be elsewhere, and fine here
    expect((await ada.upload(`a\n${'x'.repeat(200_000)}\n`, {}, wait)).status).toBe(201);
  });

  test('when what arrives is not what was sent', async () => {
    const before = await countDatasets();
    const wrong = sha256('something else');
    const cases: Record<string, string>[] = [
      { 'x-content-sha256': wrong },
      { 'content-digest': `sha-256=:${sha256('something else', 'base64')}:` },
    ];
    for (const headers of cases) {
      const { status, body } = await ada.upload(birds, {}, headers);
      expect([status, asProblem(body).code]).toEqual([400, 'UPLOAD_INCOMPLETE']);
    }
    expect(await countDatasets()).toBe(before);
    const packed = new Uint8Array(gzipSync(birds));
    const right = {
      ...wait,
      'content-encoding': 'gzip',
      'x-content-sha256': sha256(birds).toUpperCase(),
      'content-digest': `sha-512=:AAAA:, sha-256=:${sha256(packed, 'base64')}:`,
    };
    expect((await ada.upload(packed, {}, right)).status).toBe(201);
    expect((await ada.upload(birds, {}, { 'x-content-sha256': 'abc' })).status).toBe(400);
  });

  test('when its gzip is cut or broken', async () => {
    const packed = new Uint8Array(gzipSync(birds.repeat(500)));
    const headers = { 'content-encoding': 'gzip' };
    const cut = await ada.upload(packed.slice(0, -20), {}, headers);
    expect([cut.status, asProblem(cut.body).code]).toEqual([400, 'UPLOAD_INCOMPLETE']);
    packed[30] = (packed[30] ?? 0) ^ 0xff;
    const broken = await ada.upload(packed, {}, headers);
    expect([broken.status, asProblem(broken.body).code]).toEqual([400, 'BODY_MALFORMED']);
  });

  test('when its form has no end', async () => {
    const type = 'multipart/form-data; boundary=x';
    const body = '--x\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\na,b\r\n1,2';
    const { status, body: problem } = await ada.upload(body, {}, { 'content-type': type });
    expect([status, asProblem(problem).code]).toEqual([400, 'UPLOAD_INCOMPLETE']);
  });
});

describe('an upload that breaks off or stops', () => {
  test('leaves nothing', async () => {
    const before = await countDatasets();
    for (const headers of [
      'content-length: 1000',
      'transfer-encoding: chunked',
      'content-length: 1000\r\ncontent-type: multipart/form-data; boundary=x',
    ]) {
      const upload = await begin(headers, '5\r\na,b\r\n');
      await sleep(100);
      upload.socket.destroy();
      await upload.closed;
    }
    await sleep(300);
    expect(await countDatasets()).toBe(before);
    expect((await ada.upload(birds, {}, wait)).status).toBe(201);
  });
});

describe('an upload on which nothing goes on for three seconds', () => {
  let impatient: TestApp;
  let eve: DatasetUser;
  beforeAll(async () => {
    impatient = await startTestApp({ ORIEL_REQUEST_MS_MAX: '3000', ORIEL_HEADERS_MS_MAX: '3000' });
    eve = await createDatasetUser(impatient);
  });
  afterAll(() => impatient.close());

  test('is told so', async () => {
    const upload = await begin('content-length: 1000', 'a,b\r\n', eve, impatient);
    await expect.poll(upload.answer).toContain('REQUEST_TIMEOUT');
    expect(upload.answer()).toContain('408');
    upload.socket.destroy();
    expect(await impatient.app.database.prisma.dataset.count()).toBe(0);
  });

  test('is taken when it is longer in all, as long as bytes come', async () => {
    const lines = 8;
    const body = `a\n${'1\n'.repeat(lines)}`;
    const headers = `content-length: ${body.length}\r\nprefer: wait=30`;
    const upload = await begin(headers, 'a\n', eve, impatient);
    for (let line = 0; line < lines; line += 1) {
      await sleep(500);
      upload.socket.write('1\n');
    }
    await expect.poll(upload.answer).toContain('201 Created');
    expect(upload.answer()).toContain(`"rows":${lines}`);
    upload.socket.destroy();
  });
});

describe('an upload that is sent again', () => {
  test('with its key makes one dataset', async () => {
    const headers = { ...wait, 'idempotency-key': newKey() };
    const first = await ada.upload(birds, {}, headers);
    const again = await ada.upload(birds, {}, headers);
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(asDataset(again.body)).toEqual(asDataset(first.body));
    const form = await sendForm({ name: 'rows.csv', file: new File([birds], 'rows.csv') }, headers);
    expect(asDataset(form.body).id).toBe(asDataset(first.body).id);
  });

  test('with its key and another file or name is refused', async () => {
    const headers = { ...wait, 'idempotency-key': newKey() };
    await ada.upload(birds, {}, headers);
    for (const [bytes, query] of [
      [`${birds}x,1\n`, {}],
      [birds, { name: 'other' }],
    ] as const) {
      const { status, body } = await ada.upload(bytes, query, headers);
      expect([status, asProblem(body).code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
    }
  });

  test('with its key while the first arrives is told to wait', async () => {
    const key = newKey();
    const expecting = `expect: 100-continue\r\nidempotency-key: ${key}\r\nprefer: ${wait.prefer}`;
    const first = await begin(`content-length: 4\r\n${expecting}`, '');
    await expect.poll(first.answer).toContain('100 Continue');
    const second = await ada.upload('a\n1\n', { name: 'a.csv' }, { 'idempotency-key': key });
    expect([second.status, asProblem(second.body).code]).toEqual([409, 'IDEMPOTENCY_KEY_IN_FLIGHT']);
    expect(second.headers.get('retry-after')).toBe('1');
    first.socket.write('a\n1\n');
    await expect.poll(first.answer).toContain('201 Created');
    const third = await ada.upload('a\n1\n', { name: 'a.csv' }, { 'idempotency-key': key });
    expect(first.answer()).toContain(`location: /api/v1/datasets/${asDataset(third.body).id}\r\n`);
    first.socket.destroy();
  });

  test('with its key after it broke off is taken', async () => {
    const headers = { 'idempotency-key': newKey(), 'content-encoding': 'gzip', ...wait };
    const packed = new Uint8Array(gzipSync(birds));
    expect((await ada.upload(packed.slice(0, -8), {}, headers)).status).toBe(400);
    expect((await ada.upload(packed, {}, headers)).status).toBe(201);
  });

  test('with the key of somebody else is that person’s own', async () => {
    const bob = await createDatasetUser(app);
    const headers = { ...wait, 'idempotency-key': newKey() };
    const [first, second] = [await ada.upload(birds, {}, headers), await bob.upload(birds, {}, headers)];
    expect(asDataset(second.body).id).not.toBe(asDataset(first.body).id);
  });
});

import { once } from 'node:events';
import { request } from 'node:http';
import { createInterface } from 'node:readline';
import * as ourContracts from '@oriel/models';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { systemActor } from '../../src/auth/audit/service.ts';
import type { PrincipalUser } from '../../src/auth/principal.ts';
import { createKey, createSession, createUser } from '../support/identities.ts';
import { gentoo } from '../support/inputs.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

type Line = {
  ok: boolean;
  output?: { species: string };
  line?: number;
  error?: { code: string; message: string };
  ended?: boolean;
};

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const path = '/api/v1/models/penguins/predict-stream';
const ndjson = { 'content-type': 'application/x-ndjson' };
const csv = { 'content-type': 'text/csv' };
const bird = JSON.stringify(gentoo);

/** Sends a whole body and reads the whole answer. */
async function stream(
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = ndjson,
  to = path,
) {
  const {
    status,
    headers: answered,
    ...answer
  } = await fetch(`${app.url}${to}`, { method: 'POST', body, headers }).then(async (response) => ({
    status: response.status,
    headers: response.headers,
    text: await response.text(),
  }));
  const lines = toLines(answer.text);
  return { status, headers: answered, text: answer.text, lines, body: lines[0] };
}

function toLines(text: string): Line[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Line => JSON.parse(line));
}

/** A request whose body is sent as the test says, and whose answer is read line by line while it is. */
function openStream(headers: Record<string, string> = {}) {
  const sending = request(`${app.url}${path}`, { method: 'POST', headers: { ...ndjson, ...headers } });
  sending.on('error', () => undefined);
  const answered = once(sending, 'response');
  sending.flushHeaders();
  const lines = (async function* () {
    const [response] = await answered;
    for await (const line of createInterface({ input: response })) yield JSON.parse(line) as Line;
  })();
  return { sending, lines, next: async () => (await lines.next()).value as Line };
}

describe('rows of JSON', () => {
  test('are answered one by one, in their order, each with the line it failed on', async () => {
    const rows = [bird, '', '{"island":"Mars"}', 'no JSON', bird, '[1]'];
    const { status, headers, lines } = await stream(rows.join('\n'));
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    expect(lines).toMatchObject([
      { ok: true, output: { species: 'Gentoo' } },
      { ok: false, line: 3, error: { code: 'INPUT_INVALID', issues: [{ path: ['island'] }] } },
      { ok: false, line: 4, error: { code: 'BODY_MALFORMED', message: expect.stringContaining('Line 4') } },
      { ok: true, output: { species: 'Gentoo' } },
      { ok: false, line: 6, error: { code: 'INPUT_INVALID' } },
    ]);
  });

  test('by the thousand keep their order', async () => {
    const rows = Array.from({ length: 5000 }, (_, i) => ({ ...gentoo, bodyMassG: 4000 + (i % 2000) }));
    const { lines } = await stream(rows.map((row) => JSON.stringify(row)).join('\n'));
    expect(lines).toHaveLength(5000);
    const { results } = await app.client.models.penguins.predictMany.mutate({ inputs: rows.slice(0, 500) });
    expect(lines.slice(0, 500).map(({ output }) => output)).toEqual(
      results.map((result) => result.ok && result.output),
    );
  });

  test('are answered while the next ones are not even sent', async () => {
    const { sending, next } = openStream();
    for (const island of ['Biscoe', 'Dream', 'Torgersen']) {
      sending.write(`${JSON.stringify({ island })}\n`);
      expect(await next()).toMatchObject({ ok: true });
    }
    sending.end();
    expect(await next()).toBeUndefined();
  });

  test('with a byte order mark, Windows line ends, and characters cut between two packets', async () => {
    const { sending, next } = openStream();
    const bytes = Buffer.from(`\uFEFF${bird}\r\n{"island":"Île"}\r\n`);
    const cut = bytes.indexOf(0xc3) + 1;
    sending.write(bytes.subarray(0, cut));
    expect(await next()).toMatchObject({ ok: true });
    sending.end(bytes.subarray(cut));
    expect(await next()).toMatchObject({ ok: false, line: 2, error: { code: 'INPUT_INVALID' } });
  });

  test('nested too deep fail alone', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const { lines } = await stream(`${deep}\n${bird}\n`);
    expect(lines).toMatchObject([{ ok: false, line: 1, error: { code: 'INPUT_INVALID' } }, { ok: true }]);
  });

  test('none are answered with none', async () => {
    expect(await stream('\n\n')).toMatchObject({ status: 200, text: '' });
  });
});

describe('rows of a CSV', () => {
  test('become inputs by the names in the header and the types of the fields', async () => {
    const { status, lines } = await stream(
      'island,bodyMassG,sex,culmenLengthMm\nBiscoe,5950,male,49.8\n"Dream",,female,\nMars,1,,x\n',
      csv,
    );
    expect(status).toBe(200);
    expect(lines).toMatchObject([
      { ok: true, output: { species: 'Gentoo' } },
      { ok: true },
      {
        ok: false,
        line: 4,
        error: {
          code: 'INPUT_INVALID',
          issues: [{ path: ['island'] }, { path: ['culmenLengthMm'] }, { path: ['bodyMassG'] }],
        },
      },
    ]);
  });

  test('may end their lines in both ways, and keep the line ends in their cells', async () => {
    const text = { path: ['sex'], rule: 'invalid_value' };
    const { lines } = await stream('island,sex\nDream,male\r\nDream,female\nDream,"ma\r\nle"\r\n', csv);
    expect(lines).toMatchObject([
      { ok: true },
      { ok: true },
      { ok: false, line: 5, error: { issues: [text] } },
    ]);
  });

  test('may end their lines with CR alone, and are counted by it', async () => {
    const { lines } = await stream('island,sex\rDream,male\rMars,male\r"Dream",female', csv);
    expect(lines).toMatchObject([{ ok: true }, { ok: false, line: 3 }, { ok: true }]);
  });

  test('that hold no number where one belongs fail alone, and name the field', async () => {
    const odd = ['NaN', 'Infinity', '9007199254740993', '1e400', '0x10', '1,5', '007', 'many'];
    const rows = odd.map((text) => `Biscoe,"${text}"\n`).join('');
    const { lines } = await stream(`island,bodyMassG\n${rows}Biscoe,4000\n`, csv);
    expect(lines.slice(0, -1)).toEqual(
      odd.map((_, index) => ({
        ok: false,
        line: index + 2,
        error: expect.objectContaining({
          code: 'INPUT_INVALID',
          issues: [expect.objectContaining({ path: ['bodyMassG'] })],
        }),
      })),
    );
    expect(lines.at(-1)).toMatchObject({ ok: true });
  });

  test.each([
    ['Unix', '\n'],
    ['Windows', '\r\n'],
    ['old Mac', '\r'],
  ])('with %s line ends are answered while the next ones are not even sent', async (_, end) => {
    const { sending, next } = openStream(csv);
    sending.write(`island,sex${end}`);
    for (const row of ['Biscoe,male', '"Dream","female"', `"Bis${end}coe",male`, 'Torgersen,']) {
      sending.write(`${row}${end}`);
      expect(await next()).toMatchObject({ ok: row.indexOf(end) === -1 });
    }
    // the last row has no line end
    sending.end('Dream,male');
    expect(await next()).toMatchObject({ ok: true });
    expect(await next()).toBeUndefined();
  });

  test.each([
    ['empty lines', 'island\n\nMars\n\n\nMars\n', [3, 6]],
    ['Windows line ends', 'island\r\nMars\r\n\r\nMars\r\n', [2, 4]],
    ['old Mac line ends', 'island\rMars\r\rMars\r', [2, 4]],
    ['Unix line ends in cells', 'island,sex\nMars,"a\n\nb"\nMars,male\n', [4, 5]],
    ['Windows line ends in cells', 'island,sex\r\nMars,"a\r\n\r\nb"\r\nMars,male\r\n', [4, 5]],
    ['line ends of both kinds', 'island,sex\nMars,male\r\nMars,male\nMars,male\r\n', [2, 3, 4]],
    ['the other line end first', 'island,sex\r\nMars,male\nMars,male\r\n', [2, 3]],
    ['quotes in cells', 'island,sex\n"M""ars","a""\n"\nMars,male\n', [3, 4]],
  ])('%s: each row is told with the line that it ends on', async (_, body, expected) => {
    for (const size of [1, 7, body.length]) {
      const { sending, lines } = openStream(csv);
      for (let at = 0; at < body.length; at += size) sending.write(body.slice(at, at + size));
      sending.end();
      const found: unknown[] = [];
      for await (const item of lines) found.push(item);
      expect(found).toMatchObject(expected.map((line) => ({ ok: false, line })));
    }
  });

  test.each([
    ['a row with too few cells', 'island,sex\nBiscoe,male\nDream\nBiscoe,male\n', 3],
    ['a row with too many cells', 'island,sex\nBiscoe,male\nDream,male,1\n', 3],
    ['a quote that does not end', 'island,sex\nBiscoe,male\n"Dream,male\nBiscoe,male\n', 3],
    [
      'a row with too many cells after a cell with line ends',
      'island,sex\r\nBiscoe,male\r\nMars,"a\r\nb",1\r\n',
      3,
    ],
    ['a row with too few cells after an empty line', 'island,sex\nBiscoe,male\n\nDream\n', 4],
    ['a quote in the middle of a cell that was quoted', 'island,sex\nBiscoe,male\n"Dream"x,male\n', 3],
  ])('%s ends the stream, and says where', async (_, body, line) => {
    const { lines } = await stream(body, csv);
    expect(lines).toMatchObject([
      { ok: true },
      { ok: false, line, error: { code: 'BODY_MALFORMED' }, ended: true },
    ]);
  });

  test.each([
    [
      'a column that is no field',
      'island,colour\nBiscoe,red\n',
      /^The header of the CSV does not fit: .*no input field "colour"/,
    ],
    ['a required field without a column', 'sex\nmale\n', /needs the field "island"/],
    ['a column twice', 'island,island\nBiscoe,Dream\n', /"island" more than once/],
    ['nothing at all', '', /empty/],
    ['5,001 columns', `${Array.from({ length: 5001 }, (_, i) => `c${i}`).join()}\n`, /5001 columns/],
  ])('%s ends it at once', async (_, body, message) => {
    const { lines } = await stream(body, csv);
    expect(lines).toMatchObject([
      { ok: false, error: { message: expect.stringMatching(message) }, ended: true },
    ]);
  });
});

describe('a stream that breaks', () => {
  test.each([
    ['at its first row', 'island,sex\nMars\n', 2],
    ['at its first row, after empty lines', 'island,sex\r\n\r\n"Mars\r\n', 3],
    ['at a later row', 'island,sex\nDream,male\nMars\n', 3],
  ])('%s, a CSV says in which line', async (_, body, line) => {
    const { lines } = await stream(body, csv);
    expect(lines.at(-1)).toMatchObject({
      ok: false,
      line,
      error: { code: 'BODY_MALFORMED', message: expect.stringContaining(`Line ${line} `) },
      ended: true,
    });
  });

  test('at bytes that are not UTF-8: what came before is answered, and the last line says where', async () => {
    const body = Buffer.concat([
      Buffer.from(`${bird}\n${bird}\n{"island":"`),
      Buffer.of(0xff),
      Buffer.from('"}\n'),
    ]);
    const { lines } = await stream(new Uint8Array(body));
    expect(lines).toMatchObject([
      { ok: true },
      { ok: true },
      { ok: false, line: 3, error: { code: 'BODY_MALFORMED' }, ended: true },
    ]);
  });

  test('at a line over a megabyte: the rest is not waited for', async () => {
    const { sending, next } = openStream();
    sending.write(`${bird}\n`);
    expect(await next()).toMatchObject({ ok: true });
    sending.write('x'.repeat(1024 * 1024 + 1));
    expect(await next()).toMatchObject({
      ok: false,
      line: 2,
      error: { code: 'BODY_TOO_LARGE' },
      ended: true,
    });
    expect(await next()).toBeUndefined();
    sending.destroy();
  });

  test('at its deadline', async () => {
    const { sending, next } = openStream({ 'oriel-deadline-ms': '300' });
    sending.write(`${bird}\n`);
    expect(await next()).toMatchObject({ ok: true });
    expect(await next()).toMatchObject({
      ok: false,
      line: 2,
      error: { code: 'DEADLINE_EXCEEDED' },
      ended: true,
    });
    sending.destroy();
  });

  test('because its caller left: nothing is read or computed for it any more', async () => {
    const { sending, next } = openStream();
    sending.write(`${bird}\n`);
    await next();
    sending.destroy();
    expect((await stream(bird)).lines).toHaveLength(1);
  });
});

describe('who may', () => {
  test('anybody, as for predict; a wrong key is refused before its rows are read', async () => {
    expect((await stream(bird)).status).toBe(200);
    const { status, body } = await stream(bird, { ...ndjson, authorization: 'Bearer oriel_wrong_key' });
    expect([status, body]).toMatchObject([401, { code: 'UNAUTHENTICATED' }]);
  });

  test('no key without the scope, and none for another model', async () => {
    const user = await createUser(app);
    const other = await createKey(app, user, { scopes: ['models:read'] });
    expect((await stream(bird, { ...ndjson, ...other.headers })).body).toMatchObject({ code: 'FORBIDDEN' });
    const spam = await createKey(app, user, { models: ['spam'] });
    const { status, body } = await stream(bird, { ...ndjson, ...spam.headers });
    expect([status, body]).toMatchObject([404, { code: 'MODEL_NOT_FOUND' }]);
    const right = await createKey(app, user, { models: ['penguins'] });
    expect((await stream(bird, { ...ndjson, ...right.headers })).status).toBe(200);
  });

  test('nobody any more whose key is revoked, session ended or account disabled while a stream is open', async () => {
    const { keys, users } = app.app.services;
    const { session } = app.app.database.prisma;
    const keyOf = (user: PrincipalUser) => createKey(app, user);
    const sessionOf = async (user: PrincipalUser) => ({
      headers: await createSession(app, user),
      key: { id: 'none' },
    });
    const ends = [
      { from: keyOf, end: (_user: PrincipalUser, keyId: string) => keys.revoke(systemActor, keyId, null) },
      { from: keyOf, end: ({ id }: PrincipalUser) => users.update(systemActor, { id, isDisabled: true }) },
      { from: sessionOf, end: ({ id }: PrincipalUser) => session.deleteMany({ where: { userId: id } }) },
    ];
    for (const { from, end } of ends) {
      const user = await createUser(app);
      const { key, headers } = await from(user);
      const { sending, next } = openStream(headers);
      sending.write(`${bird}\n`);
      expect(await next()).toMatchObject({ ok: true });
      await end(user, key.id);
      // what was known of it is believed for less than a second
      const lastLine = await vi.waitUntil(
        async () => {
          sending.write(`${bird}\n`);
          const line = await next();
          return line.ended && line;
        },
        { timeout: 60_000 },
      );
      expect(lastLine).toMatchObject({ ok: false, error: { code: 'UNAUTHENTICATED' }, ended: true });
      sending.destroy();
    }
  });

  test('a key as far as its quota goes: each thousand rows is a request', async () => {
    const { headers } = await createKey(app, await createUser(app), { requestsPerDayMax: 3 });
    const rows = `${bird}\n`.repeat(3500);
    const { lines } = await stream(rows, { ...ndjson, ...headers });
    expect(lines.at(-1)).toMatchObject({ ok: false, error: { code: 'QUOTA_EXCEEDED' }, ended: true });
    const answered = lines.filter(({ ok }) => ok).length;
    expect(answered).toBeGreaterThan(1000);
    expect(answered).toBeLessThanOrEqual(3000);
  });
});

describe('what cannot be read is refused', () => {
  test.each([
    ['a JSON body', { 'content-type': 'application/json' }, 415, 'MEDIA_TYPE_UNSUPPORTED'],
    ['a compressed body', { ...ndjson, 'content-encoding': 'gzip' }, 415, 'MEDIA_TYPE_UNSUPPORTED'],
    ['a deadline that is none', { ...ndjson, 'oriel-deadline-ms': 'soon' }, 400, 'INPUT_INVALID'],
  ])('%s', async (_, headers, status, code) => {
    expect(await stream(bird, headers)).toMatchObject({ status, body: { code } });
  });

  test('a body that says that it is not compressed is read, however it says so', async () => {
    for (const encoding of ['identity', 'Identity', ''])
      expect(await stream(bird, { ...ndjson, 'content-encoding': encoding })).toMatchObject({ status: 200 });
  });

  test('a version that is none, or that there is not', async () => {
    for (const query of ['version=x', 'version=1&version=1', 'verison=9'])
      expect(await stream(bird, ndjson, `${path}?${query}`)).toMatchObject({
        status: 400,
        body: { code: 'INPUT_INVALID' },
      });
    expect(await stream(bird, ndjson, `${path}?version=9`)).toMatchObject({
      status: 404,
      body: { code: 'MODEL_VERSION_NOT_FOUND' },
    });
    expect((await stream(bird, ndjson, `${path}?version=1`)).lines).toHaveLength(1);
  });

  test('a model that there is not', async () => {
    expect(await stream(bird, ndjson, '/api/v1/models/none/predict-stream')).toMatchObject({ status: 404 });
  });
});

test('is described for every model', async () => {
  const { body } = await app.send('/api/openapi.json');
  for (const id of Object.keys(ourContracts))
    expect(body).toHaveProperty(['paths', `/models/${id}/predict-stream`, 'post', 'requestBody', 'content']);
});

test('a stream on which nothing goes on is ended, however long one that flows may take', async () => {
  const idle = await startTestApp({ ORIEL_REQUEST_MS_MAX: '2500' });
  try {
    const sending = request(`${idle.url}${path}`, { method: 'POST', headers: ndjson });
    const answered = once(sending, 'response');
    for (let i = 0; i < 5; i += 1) {
      sending.write(`${bird}\n`);
      await new Promise((resolve) => setTimeout(resolve, 600));
    }
    const [response] = await answered;
    const lines: Line[] = [];
    for await (const line of createInterface({ input: response })) lines.push(JSON.parse(line));
    expect(lines.slice(0, 5).every(({ ok }) => ok)).toBe(true);
    expect(lines[5]).toMatchObject({ ok: false, line: 6, error: { code: 'REQUEST_TIMEOUT' }, ended: true });
    sending.destroy();
  } finally {
    await idle.close();
  }
});

test('a server that stops ends its streams, and says so', async () => {
  const stopping = await startTestApp({ ORIEL_ANONYMOUS: 'off' });
  const refused = await fetch(`${stopping.url}${path}`, { method: 'POST', headers: ndjson, body: bird });
  expect(refused.status, 'where nobody may predict unknown, nobody may stream').toBe(401);
  const { headers } = await createKey(stopping, await createUser(stopping));
  const sending = request(`${stopping.url}${path}`, { method: 'POST', headers: { ...ndjson, ...headers } });
  sending.on('error', () => undefined);
  const answered = once(sending, 'response');
  sending.write(`${bird}\n`);
  const [response] = await answered;
  const lines = createInterface({ input: response })[Symbol.asyncIterator]();
  expect(JSON.parse((await lines.next()).value ?? '')).toMatchObject({ ok: true });
  const closed = stopping.close();
  expect(JSON.parse((await lines.next()).value ?? '')).toMatchObject({
    error: { code: 'SERVER_STOPPING' },
    ended: true,
  });
  sending.destroy();
  await closed;
});

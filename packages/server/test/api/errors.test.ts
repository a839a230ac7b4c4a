import { problemOf } from '@oriel/client';
import { problemSchema } from '@oriel/schemas';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { drawOne, gentoo } from '../support/inputs.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ ORIEL_BODY_BYTES_MAX: '65536' });
});
afterAll(() => app.close());

const predict = '/api/v1/models/penguins/predict';
const json = { 'content-type': 'application/json' };

describe('REST answers every failure with a problem document', () => {
  test.each([
    [
      'a field that is wrong',
      predict,
      { body: '{"island":"Atlantis"}', headers: json },
      400,
      'INPUT_INVALID',
    ],
    [
      'a field nobody knows',
      predict,
      { body: '{"island":"Dream","colour":"blue"}', headers: json },
      400,
      'INPUT_INVALID',
    ],
    ['no body', predict, {}, 400, 'INPUT_INVALID'],
    ['a list for an object', predict, { body: '[]', headers: json }, 400, 'INPUT_INVALID'],
    ['broken JSON', predict, { body: '{"island":', headers: json }, 400, 'BODY_MALFORMED'],
    ['a body too large', predict, { body: `"${'x'.repeat(70_000)}"`, headers: json }, 413, 'BODY_TOO_LARGE'],
    [
      'plain text',
      predict,
      { body: 'island', headers: { 'content-type': 'text/plain' } },
      415,
      'MEDIA_TYPE_UNSUPPORTED',
    ],
    [
      'an image for a table',
      predict,
      { body: drawOne(), headers: { 'content-type': 'image/png' } },
      415,
      'MEDIA_TYPE_UNSUPPORTED',
    ],
    [
      'a model that is not there',
      '/api/v1/models/unicorns/predict',
      { body: '{}', headers: json },
      404,
      'ROUTE_NOT_FOUND',
    ],
    [
      'a version that is not there',
      '/api/v1/models/penguins/versions/99/predict',
      { body: JSON.stringify(gentoo), headers: json },
      404,
      'MODEL_VERSION_NOT_FOUND',
    ],
    [
      'a version that is none',
      '/api/v1/models/penguins/versions/new/predict',
      { body: JSON.stringify(gentoo), headers: json },
      400,
      'INPUT_INVALID',
    ],
  ] satisfies [string, string, RequestInit, number, string][])(
    '%s',
    async (_name, path, init, status, code) => {
      const answer = await app.send(path, { method: 'POST', ...init });
      expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      const problem = problemSchema.parse(answer.body);
      expect([answer.status, problem.status, problem.code]).toEqual([status, status, code]);
      expect(problem.requestId).toBe(answer.headers.get('x-request-id'));
    },
  );

  test('the message names the field, the rule and the choices', async () => {
    const { body } = await app.post(predict, { island: 'Atlantis' });
    expect(body).toMatchObject({
      detail: expect.stringContaining('island: Invalid option: expected one of "Biscoe"|"Dream"|"Torgersen"'),
    });
  });

  test('every code has a place on the page that the document points at', async () => {
    const { body } = await app.post(predict, {});
    const [page, anchor] = problemSchema.parse(body).type.split('#');
    const { status, text } = await app.send(page ?? '');
    expect(status).toBe(200);
    expect(text).toContain(`id="${anchor}"`);
  });

  test('GET of a model that is not there tells those that are', async () => {
    const { status, body } = await app.send('/api/v1/models/unicorns');
    expect([status, body]).toMatchObject([
      404,
      { code: 'MODEL_NOT_FOUND', detail: expect.stringContaining('penguins') },
    ]);
  });
});

describe('tRPC carries the same document in its error data', () => {
  const call = (init: RequestInit, path = 'models.penguins.predict') =>
    app.send(`/trpc/${path}`, { method: 'POST', headers: json, ...init });

  test.each([
    ['a field that is wrong', { body: '{"json":{"island":"Atlantis"}}' }, 400, 'INPUT_INVALID'],
    ['broken JSON', { body: '{"json":' }, 400, 'BODY_MALFORMED'],
    ['a body too large', { body: `"${'x'.repeat(70_000)}"` }, 413, 'BODY_TOO_LARGE'],
  ] satisfies [string, RequestInit, number, string][])('%s', async (_name, init, status, code) => {
    const { status: actual, body, headers } = await call(init);
    expect(actual).toBe(status);
    const text = JSON.stringify(body);
    expect(text).toContain(`"code":"${code}"`);
    expect(text).toContain(headers.get('x-request-id'));
    expect(text).not.toContain('node_modules');
  });

  test('the typed client understands what was refused before a procedure was reached', async () => {
    const call = app.client.models.digits.predict.mutate(new Uint8Array(200_000));
    const problem = problemOf(await call.catch((error: unknown) => error));
    expect(problem).toMatchObject({
      status: 413,
      code: 'BODY_TOO_LARGE',
      requestId: expect.stringMatching(/.+/),
    });
  });

  test('a form that is too large is cut off', async () => {
    const form = new FormData();
    form.set('image', new Blob([new Uint8Array(200_000)]));
    const { status, text } = await app.send('/trpc/models.digits.predict', { method: 'POST', body: form });
    expect([400, 413]).toContain(status);
    expect(text).toMatch(/BODY_TOO_LARGE|BODY_MALFORMED/);
  });

  test('a procedure that is not there', async () => {
    const { status, body } = await call({ body: '{}' }, 'models.unicorns.predict');
    expect([status, JSON.stringify(body)]).toEqual([404, expect.stringContaining('ROUTE_NOT_FOUND')]);
  });
});

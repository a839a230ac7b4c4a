import { problemOf } from '@oriel/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { drawOne, gentoo } from '../support/inputs.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

describe('predict, tabular', () => {
  test('answers with the output, the version that ran, the timing and the request id', async () => {
    const answer = await app.client.models.penguins.predict.mutate(gentoo);
    expect(answer).toMatchObject({
      model: 'penguins',
      version: '1',
      output: { species: 'Gentoo' },
      cached: expect.any(Boolean),
    });
    expect(answer.timing.totalMs).toBeGreaterThanOrEqual(answer.timing.computeMs);
    const { Adelie, Chinstrap, Gentoo } = answer.output.probabilities;
    expect(Adelie + Chinstrap + Gentoo).toBeCloseTo(1, 5);
  });

  test('REST gives the same as plain JSON, with the request id in a header too', async () => {
    const { status, headers, body } = await app.post('/api/v1/models/penguins/predict', gentoo, {
      'x-request-id': 'my-id-1',
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ model: 'penguins', output: { species: 'Gentoo' }, requestId: 'my-id-1' });
    expect(headers.get('x-request-id')).toBe('my-id-1');
  });

  test('measurements may be missing, as null or left out, and mean the same', async () => {
    const [left, nulled] = await Promise.all([
      app.client.models.penguins.predict.mutate({ island: 'Torgersen', flipperLengthMm: 181 }),
      app.client.models.penguins.predict.mutate({
        island: 'Torgersen',
        flipperLengthMm: 181,
        sex: null,
        bodyMassG: null,
      }),
    ]);
    expect(left.output).toEqual(nulled.output);
  });

  test('an equal input is answered from the cache, whatever the order of its keys', async () => {
    const [subject, body] = ['Minutes of the meeting', 'They are attached. See you on Thursday.'];
    const first = await app.client.models.spam.predict.mutate({ subject, body });
    const second = await app.client.models.spam.predict.mutate({ body, subject });
    expect([first.cached, second.cached]).toEqual([false, true]);
    expect(second.output).toEqual(first.output);
  });

  test('one version can be asked for by both doors', async () => {
    const answer = await app.client.models.penguins.predictVersion.mutate({ ...gentoo, version: '1' });
    expect(answer.version).toBe('1');
    const { status, body } = await app.post('/api/v1/models/penguins/versions/1/predict', gentoo);
    expect([status, body]).toMatchObject([200, { version: '1', output: answer.output }]);
  });
});

describe('predict, text', () => {
  test('tells spam from ham', async () => {
    const [spam, ham] = await Promise.all([
      app.client.models.spam.predict.mutate({
        subject: 'You have WON',
        body: 'Click now to claim your FREE $1,000,000 cash prize, risk free, act now!!!',
      }),
      app.client.models.spam.predict.mutate({
        body: 'Hi Anna, are we still on for lunch on Thursday? Best, Tom',
      }),
    ]);
    expect([spam.output.label, ham.output.label]).toEqual(['spam', 'ham']);
    expect(spam.output.spamProbability).toBeGreaterThan(ham.output.spamProbability);
  });
});

describe('predict, image: every way an image may come gives the same digit', () => {
  const png = drawOne();
  const form = () => {
    const data = new FormData();
    data.set('image', new Blob([png], { type: 'image/png' }), 'one.png');
    return data;
  };
  const path = '/api/v1/models/digits/predict';

  test('typed client: base64, File, bytes and form', async () => {
    const { predict } = app.client.models.digits;
    const answers = await Promise.all([
      predict.mutate({ image: Buffer.from(png).toString('base64') }),
      predict.mutate(new File([png], 'one.png', { type: 'image/png' })),
      predict.mutate(png),
      predict.mutate(form()),
    ]);
    for (const { output } of answers) expect(output).toEqual(answers[0].output);
    expect(answers[0].output).toMatchObject({ digit: 1, probabilities: expect.any(Array) });
    expect(answers[0].output.probabilities).toHaveLength(10);
  });

  test('REST: base64, image body, octet stream and form', async () => {
    const answers = await Promise.all([
      app.post(path, { image: Buffer.from(png).toString('base64') }),
      app.send(path, { method: 'POST', body: png, headers: { 'content-type': 'image/png' } }),
      app.send(path, { method: 'POST', body: png, headers: { 'content-type': 'application/octet-stream' } }),
      app.send(path, { method: 'POST', body: form() }),
      app.send('/api/v1/models/digits/versions/1/predict', {
        method: 'POST',
        body: png,
        headers: { 'content-type': 'image/png' },
      }),
    ]);
    for (const { status, body } of answers)
      expect([status, body]).toMatchObject([200, { output: { digit: 1 } }]);
  });

  test('400: a file that only looks like an image, with the field named', async () => {
    const broken = png.slice(0, 60);
    const { status, body } = await app.send(path, {
      method: 'POST',
      body: broken,
      headers: { 'content-type': 'image/png' },
    });
    expect([status, body]).toMatchObject([400, { code: 'INPUT_INVALID', issues: [{ path: ['image'] }] }]);
  });

  test('400: a form without the file, or with the file twice', async () => {
    const empty = new FormData();
    empty.set('picture', 'x');
    const twice = form();
    twice.append('image', new Blob([png]));
    const answers = await Promise.all(
      [empty, twice].map((data) => app.send(path, { method: 'POST', body: data })),
    );
    for (const { status, body } of answers)
      expect([status, body]).toMatchObject([400, { code: 'INPUT_INVALID' }]);
  });
});

describe('predict many', () => {
  test('each input is answered or refused on its own, in order', async () => {
    const birds = Array.from({ length: 1000 }, (_, i) => ({ ...gentoo, bodyMassG: 3000 + i }));
    const inputs: unknown[] = [...birds];
    inputs[500] = { island: 'Atlantis' };
    const { status, body } = await app.post('/api/v1/models/penguins/predict-many', { inputs });
    expect(status).toBe(200);
    const { results } = body as {
      results: { ok: boolean; error?: { code: string; issues: { path: unknown[] }[] } }[];
    };
    expect(results).toHaveLength(1000);
    expect(results.flatMap(({ ok }, i) => (ok ? [] : [i]))).toEqual([500]);
    expect(results[500]?.error).toMatchObject({ code: 'INPUT_INVALID', issues: [{ path: ['island'] }] });
  });

  test('gives what single predictions give, through the typed client', async () => {
    const inputs = [gentoo, { island: 'Torgersen', culmenLengthMm: 38.9 }] as const;
    const [many, ...singles] = await Promise.all([
      app.client.models.penguins.predictMany.mutate({ inputs: [...inputs] }),
      ...inputs.map((input) => app.client.models.penguins.predict.mutate(input)),
    ]);
    expect(many.results.map((result) => result.ok && result.output.species)).toEqual(
      singles.map(({ output }) => output.species),
    );
  });

  test.each([[[]], [Array(1001).fill(gentoo)]])('400: no input, or more than 1,000', async (inputs) => {
    const { status, body } = await app.post('/api/v1/models/penguins/predict-many', { inputs });
    expect([status, body]).toMatchObject([400, { code: 'INPUT_INVALID', issues: [{ path: ['inputs'] }] }]);
  });
});

describe('refusals', () => {
  test('the typed client gets the problem document of the refusal', async () => {
    const call = app.client.models.penguins.predict.mutate({ ...gentoo, bodyMassG: -1 });
    const problem = problemOf(await call.catch((error: unknown) => error));
    expect(problem).toMatchObject({
      status: 400,
      code: 'INPUT_INVALID',
      issues: [{ path: ['bodyMassG'], rule: 'too_small' }],
    });
    expect(problem?.requestId).toMatch(/.+/);
  });

  test('a caller that goes away leaves nothing behind', async () => {
    const gone = AbortSignal.abort();
    await expect(app.client.models.penguins.predict.mutate(gentoo, { signal: gone })).rejects.toThrow();
  });

  test.each(['/api/v1/models/penguins/predict', '/api/v1/models/penguins/predict-stream'])(
    '400: a deadline that is none is told what one may be: %s',
    async (path) => {
      const type = path.endsWith('stream') ? 'application/x-ndjson' : 'application/json';
      const answerTo = (deadline: string) =>
        app.post(path, gentoo, { 'oriel-deadline-ms': deadline, 'content-type': type });
      for (const deadline of ['soon', '0', '-1', '1.5', '1000000000', '']) {
        const { status, body } = await answerTo(deadline);
        const message = 'must be a whole number of milliseconds from 1 to 999999999';
        expect([status, body]).toMatchObject([
          400,
          { code: 'INPUT_INVALID', issues: [{ path: ['oriel-deadline-ms'], rule: 'header', message }] },
        ]);
      }
      expect((await answerTo('999999999')).status).toBe(200);
    },
  );
});

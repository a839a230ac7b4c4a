import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createKey, createUser } from '../support/identities.ts';
import { heavy, slow } from '../support/models/registry.ts';
import { openRaw } from '../support/raw-http.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

const modelsFolder = new URL('../support/models/', import.meta.url);
const path = '/api/v1/models/slow/predict';
const procedure = '/trpc/models.slow.predict';
const json = { 'content-type': 'application/json' };

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp(
    { ORIEL_THREADS: '1', ORIEL_QUEUE_ITEMS_MAX: '1', ORIEL_CACHE_ENTRIES_MAX: '0' },
    { contracts: { slow, heavy }, modelsFolder },
  );
});
afterAll(() => app.close());

/** Keeps the only thread busy, and the one place in the queue of the model, for as long as `work` takes. */
async function whileFull<T>(work: () => Promise<T>): Promise<T> {
  const running = app.post(path, { value: 0, busyMs: 3000 });
  await expect.poll(() => gauge('oriel_running_batches')).toBe(1);
  const waiting = app.post(path, { value: 1, busyMs: 0 });
  await expect.poll(() => gauge('oriel_queue_items')).toBe(1);
  try {
    return await work();
  } finally {
    for (const { status } of await Promise.all([running, waiting])) expect(status).toBe(200);
  }
}

async function gauge(name: string): Promise<number> {
  const { text } = await app.send('/metrics');
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
}

describe('a full queue', () => {
  test('503: is told before the body is read, so also to who sends a wrong one', async () => {
    const answer = await whileFull(() => app.send(path, { method: 'POST', body: '{', headers: json }));
    expect(answer.status).toBe(503);
    expect(answer.body).toMatchObject({ code: 'ENGINE_OVERLOADED', instance: path });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(answer.headers.get('x-request-id')).toBe((answer.body as { requestId: string }).requestId);
    expect((await app.send(path, { method: 'POST', body: '{', headers: json })).status).toBe(400);
  });

  test('401 and 404: who may not call learns nothing of it', async () => {
    const key = await createKey(app, await createUser(app), { models: ['heavy'] });
    const wrong = { authorization: 'Bearer oriel_wrong_key' };
    const statuses = await whileFull(async () => {
      const answers = await Promise.all(
        [wrong, key.headers].flatMap((headers) => [path, procedure].map((url) => app.post(url, {}, headers))),
      );
      return answers.map(({ status }) => status);
    });
    expect(statuses).toEqual([401, 401, 404, 404]);
  });

  test('is told at tRPC in the words that a call which was read gets', async () => {
    const [early, many] = await whileFull(async () => {
      const single = await app.send(procedure, { method: 'POST', body: '{', headers: json });
      const batch = await app.send(`${procedure}?batch=1`, { method: 'POST', body: '{', headers: json });
      // two calls are read: their inputs may be for two models
      const read = await app.send(`${procedure},models.slow.predict?batch=1`, {
        method: 'POST',
        body: JSON.stringify({ 0: { json: { value: 1, busyMs: 0 } }, 1: { json: { value: 2, busyMs: 0 } } }),
        headers: json,
      });
      expect([single.status, batch.status, read.status]).toEqual([503, 503, 503]);
      for (const name of ['retry-after', 'vary', 'content-type'])
        expect(batch.headers.get(name)?.replace('; charset=utf-8', '')).toBe(
          read.headers.get(name)?.replace('; charset=utf-8', ''),
        );
      expect(batch.body).toEqual([withIdsOf(single.body, batch.body)]);
      return [batch.body, read.body] as [unknown[], unknown[]];
    });
    expect(early).toEqual([withIdsOf(many[0], early[0])]);
  });

  test('leaves the connection to the next request, whatever still comes of the body', async () => {
    const raw = await openRaw(app.url);
    await whileFull(async () => {
      const length = 200_000;
      raw.send(
        `POST ${path} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`,
      );
      // the answer is there before the body is
      await expect.poll(() => raw.received()).toContain('503 Service Unavailable');
      raw.send('x'.repeat(length));
      raw.send('GET /health/live HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
      await raw.readAll();
    });
    expect(raw.received().match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 503', 'HTTP/1.1 200']);
  });

  test('is counted in the metrics like any other refusal', async () => {
    const count = async () => {
      const { text } = await app.send('/metrics');
      return Number(
        /oriel_predictions_total\{model="slow",outcome="ENGINE_OVERLOADED"\} (\d+)/.exec(text)?.[1],
      );
    };
    await whileFull(async () => {
      const before = await count();
      for (let call = 0; call < 3; call += 1)
        await app.send(path, { method: 'POST', body: '{', headers: json });
      expect(await count()).toBe(before + 3);
      expect((await app.send('/metrics')).text).toMatch(
        new RegExp(`http_request_duration_seconds_count\\{method="POST",route="${path}",status="503"\\} \\d`),
      );
    });
  });
});

/** `one`, with the request id of `other`. */
function withIdsOf(one: unknown, other: unknown): unknown {
  const idOf = (value: unknown) => /"requestId":"([^"]+)"/.exec(JSON.stringify(value))?.[1] ?? '';
  return JSON.parse(JSON.stringify(one).replaceAll(idOf(one), idOf(other)));
}

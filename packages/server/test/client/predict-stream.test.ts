import { createClient as createBrowserClient, hasErrorCode } from '@oriel/client';
import { createClient as createNodeClient } from '@oriel/client/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../support/test-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const islands = ['Biscoe', 'Dream', 'Torgersen'] as const;
const birdAt = (i: number) => ({ island: islands[i % 3] ?? 'Dream', bodyMassG: 3500 + (i % 2000) });

describe.each([
  ['over one connection', createNodeClient],
  ['in slices, as browsers do', createBrowserClient],
])('%s', (_name, createClient) => {
  test('each input has its result, in order, the same as predict gives', async () => {
    const { penguins } = createClient({ url: app.url }).models;
    async function* birds() {
      for (let i = 0; i < 2500; i++)
        yield i === 1234 ? { island: 'Dream' as const, bodyMassG: 3 } : birdAt(i);
    }
    let line = 0;
    for await (const item of penguins.predictStream(birds())) {
      line++;
      if (line === 1235)
        expect(item).toMatchObject({
          ok: false,
          line: 1235,
          error: { code: 'INPUT_INVALID', issues: [{ path: ['bodyMassG'] }] },
        });
      else expect(item.ok, `line ${line}`).toBe(true);
      if (line % 500 === 1) {
        const single = await penguins.predict.mutate(birdAt(line - 1));
        expect(item).toMatchObject({ ok: true, output: { species: single.output.species } });
      }
    }
    expect(line).toBe(2500);
  });

  test('whoever leaves early is not served on', async () => {
    const { penguins } = createClient({ url: app.url }).models;
    let read = 0;
    async function* birds() {
      for (;;) {
        read++;
        yield birdAt(read);
      }
    }
    for await (const { ok } of penguins.predictStream(birds())) {
      expect(ok).toBe(true);
      break;
    }
    const readBefore = read;
    await new Promise((resolve) => setTimeout(resolve, 300));
    // what was under way when it left
    expect(read - readBefore).toBeLessThan(5000);
  });

  test('a version that is not there is refused', async () => {
    const { penguins } = createClient({ url: app.url }).models;
    const results = penguins.predictStream([birdAt(1)], { version: '99' });
    const failure: unknown = await results.next().catch((error: unknown) => error);
    expect(hasErrorCode(failure, 'MODEL_VERSION_NOT_FOUND')).toBe(true);
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { drawOne, gentoo } from '../support/inputs.ts';
import { startTestApp } from '../support/test-app.ts';

let app: Awaited<ReturnType<typeof startTestApp>>;
beforeAll(async () => {
  app = await startTestApp();
  for (let mass = 3000; mass < 3025; mass++) {
    await app.client.models.penguins.predict.mutate({ ...gentoo, bodyMassG: mass });
  }
  await app.client.models.digits.predict.mutate(drawOne());
  await app.send('/api/v1/models/digits/predict', {
    method: 'POST',
    body: drawOne().slice(0, 60),
    headers: { 'content-type': 'image/png' },
  });
  await app.app.recorder.flush();
});
afterAll(() => app.close());

describe('predictions.list', () => {
  test('gives records newest first, with bounded copies of input and output', async () => {
    const { items } = await app.client.predictions.list.query({ model: 'penguins', limit: 3 });
    expect(items.map(({ input }) => input)).toMatchObject([
      { bodyMassG: 3024 },
      { bodyMassG: 3023 },
      { bodyMassG: 3022 },
    ]);
    expect(items[0]).toMatchObject({
      outcome: 'succeeded',
      door: 'trpc',
      caller: 'anonymous',
      output: { species: expect.any(String) },
    });
  });

  test('pages join without a gap or a repeat', async () => {
    const masses: unknown[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof app.client.predictions.list.query>> =
        await app.client.predictions.list.query({
          model: 'penguins',
          limit: 7,
          ...(cursor !== null && { cursor }),
        });
      masses.push(...page.items.map(({ input }) => (input as { bodyMassG: number }).bodyMassG));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(masses).toEqual(Array.from({ length: 25 }, (_, i) => 3024 - i));
  });

  test('filters by outcome; a failure has its code, an image only its size and hash', async () => {
    const { items } = await app.client.predictions.list.query({ outcome: 'failed' });
    expect(items).toMatchObject([
      { model: 'digits', errorCode: 'INPUT_INVALID', door: 'rest', input: { image: { bytes: 60 } } },
    ]);
  });

  test('filters by time', async () => {
    const future = new Date(Date.now() + 60_000).toISOString();
    expect((await app.client.predictions.list.query({ from: future })).items).toEqual([]);
    expect((await app.client.predictions.list.query({ to: future, limit: 200 })).items).toHaveLength(27);
  });

  test('REST reads the same from the query', async () => {
    const { status, body } = await app.send('/api/v1/predictions?model=penguins&limit=2&outcome=succeeded');
    expect(status).toBe(200);
    expect(body).toEqual(
      await app.client.predictions.list.query({ model: 'penguins', limit: 2, outcome: 'succeeded' }),
    );
  });

  test.each(['limit=0', 'limit=many', 'outcome=perhaps', 'from=yesterday', 'cursor=1', 'colour=blue'])(
    '400: %s',
    async (query) => {
      const { status, body } = await app.send(`/api/v1/predictions?${query}`);
      expect([status, body]).toMatchObject([400, { code: 'INPUT_INVALID' }]);
    },
  );
});

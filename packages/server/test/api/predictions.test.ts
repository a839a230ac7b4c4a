import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createKey, createUser, type TestKey } from '../support/identities.ts';
import { drawOne, gentoo } from '../support/inputs.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

let app: TestApp;
/** Sees everybody's records. */
let admin: TestKey;
beforeAll(async () => {
  app = await startTestApp();
  admin = await createKey(app, await createUser(app, 'admin'), { scopes: ['admin', 'monitoring:read'] });
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
    const { items } = await admin.client.predictions.list.query({ model: 'penguins', limit: 3 });
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
      const page: Awaited<ReturnType<typeof admin.client.predictions.list.query>> =
        await admin.client.predictions.list.query({
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
    const { items } = await admin.client.predictions.list.query({ outcome: 'failed' });
    expect(items).toMatchObject([
      { model: 'digits', errorCode: 'INPUT_INVALID', door: 'rest', input: { image: { bytes: 60 } } },
    ]);
  });

  test('filters by time', async () => {
    const future = new Date(Date.now() + 60_000).toISOString();
    expect((await admin.client.predictions.list.query({ from: future })).items).toEqual([]);
    expect((await admin.client.predictions.list.query({ to: future, limit: 200 })).items).toHaveLength(27);
  });

  test('REST reads the same from the query', async () => {
    const { status, body } = await app.send('/api/v1/predictions?model=penguins&limit=2&outcome=succeeded', {
      headers: admin.headers,
    });
    expect(status).toBe(200);
    expect(body).toEqual(
      await admin.client.predictions.list.query({ model: 'penguins', limit: 2, outcome: 'succeeded' }),
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

describe('predictions.list shows', () => {
  const read = ['predict', 'monitoring:read'] as const;

  test('its own records to a key, and those of the other keys of its user', async () => {
    const [ada, bob] = [await createUser(app), await createUser(app)];
    const [first, second] = [
      await createKey(app, ada, { scopes: [...read] }),
      await createKey(app, ada, { scopes: [...read], name: 'other' }),
    ];
    const stranger = await createKey(app, bob, { scopes: [...read] });
    await first.client.models.penguins.predict.mutate({ ...gentoo, bodyMassG: 4001 });
    await second.client.models.penguins.predict.mutate({ ...gentoo, bodyMassG: 4002 });
    await stranger.client.models.penguins.predict.mutate({ ...gentoo, bodyMassG: 4003 });
    await app.app.recorder.flush();

    const seenBy = async ({ client }: TestKey) => (await client.predictions.list.query({})).items;
    expect(await seenBy(first)).toMatchObject([
      { input: { bodyMassG: 4002 }, caller: `other (${ada.name})` },
      { input: { bodyMassG: 4001 }, caller: `test (${ada.name})` },
    ]);
    expect(await seenBy(stranger)).toMatchObject([{ input: { bodyMassG: 4003 } }]);
    expect((await seenBy(admin)).length).toBeGreaterThan(20);
  });

  test('to an admin’s key without the scope "admin" no more than its own', async () => {
    const key = await createKey(app, await createUser(app, 'admin'), { scopes: ['monitoring:read'] });
    expect((await key.client.predictions.list.query({})).items).toEqual([]);
  });

  test('to anonymous callers what anonymous callers predicted, without inputs and outputs', async () => {
    const { items } = await app.client.predictions.list.query({ limit: 200 });
    expect(items).toHaveLength(27);
    expect(new Set(items.map(({ caller }) => caller))).toEqual(new Set(['anonymous']));
    expect(items.filter(({ input, output }) => input !== null || output !== null)).toEqual([]);
  });

  test('nothing to a key that may only predict', async () => {
    const key = await createKey(app, await createUser(app));
    await expect(key.client.predictions.list.query({})).rejects.toMatchObject({
      message: 'This needs the scope "monitoring:read", which the caller does not have.',
    });
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createKey, createUser } from '../support/identities.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

describe('/metrics', () => {
  // the proxy of the test stands on this machine, and says who asks
  const fromOutside = { 'x-forwarded-for': '203.0.113.9' };
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ ORIEL_TRUST_PROXY: 'loopback' });
  });
  afterAll(() => app.close());

  const read = (headers: Record<string, string>, from = app) => from.send('/metrics', { headers });

  test('200: for programs on the same machine', async () => {
    expect((await read({})).status).toBe(200);
    expect((await read({ 'x-forwarded-for': '127.0.0.1' })).status).toBe(200);
  });

  test('401: for whoever else asks, without a word of them', async () => {
    const answer = await read(fromOutside);
    expect(answer).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
    expect(answer.text).not.toContain('oriel_');
    expect((await read({ ...fromOutside, authorization: 'Bearer oriel_wrong' })).status).toBe(401);
  });

  test('200 with the scope monitoring:read, 403 with another', async () => {
    const user = await createUser(app);
    const bearer = async (scope: 'monitoring:read' | 'predict') => ({
      ...fromOutside,
      ...(await createKey(app, user, { scopes: [scope] })).headers,
    });
    expect((await read(await bearer('monitoring:read'))).status).toBe(200);
    expect(await read(await bearer('predict'))).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
  });

  test('a proxy that is not trusted does not make its callers local', async () => {
    const other = await startTestApp();
    try {
      expect((await read({}, other)).status).toBe(200);
      expect((await read(fromOutside, other)).status).toBe(401);
      expect((await read({ forwarded: 'for=203.0.113.9' }, other)).status).toBe(401);
    } finally {
      await other.close();
    }
  });

  test('200: for everybody where a setting says so', async () => {
    const other = await startTestApp({ ORIEL_METRICS: 'open' });
    try {
      expect((await read(fromOutside, other)).status).toBe(200);
    } finally {
      await other.close();
    }
  });
});

import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { systemActor } from '../../src/auth/audit/service.ts';
import { readFirstAdmin } from '../../src/first-admin.ts';
import { createDataFolder } from '../db/support/embedded-folder.ts';
import { createBrowser } from '../support/browser.ts';
import { spawnServer } from '../support/server-process.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

const password = 'seven blue penguins';
const linkPattern = /http:\/\/\S+\/#\/sign-in-link\/([\w-]{43})/g;

describe('the first start', () => {
  let app: TestApp;
  beforeEach(async () => {
    app = await startTestApp({ ORIEL_PASSWORD_MEMORY_KIB: '1024', ORIEL_PASSWORD_PASSES: '1' });
  });
  afterEach(() => app.close());

  /** What every start of a server does. */
  const start = (adminEmail = 'ada@example.com') =>
    readFirstAdmin({
      database: app.app.database,
      config: { adminEmail },
      logger: { error: () => undefined },
    });

  const use = (path: string | undefined) =>
    createBrowser(app).post('/api/v1/auth/use-link', { token: path?.split('/').at(-1), password });

  test('makes an admin whose link works once; every start makes another link until one was used', async () => {
    const [first, second] = [await start(), await start('grace@example.com')];
    expect(first).toEqual({
      email: 'ada@example.com',
      path: expect.stringMatching(/^\/#\/sign-in-link\/[\w-]{43}$/),
    });
    // the same admin, whatever the setting says by now
    expect(second?.email).toBe('ada@example.com');
    expect(second?.path).not.toBe(first?.path);

    const answer = await use(first?.path);
    expect(answer.body).toMatchObject({ user: { email: 'ada@example.com', role: 'admin' } });
    expect((await use(first?.path)).status).toBe(401);
    expect((await use(second?.path)).status).toBe(401);
    expect(await start()).toBe(null);
  });

  test('lets in the one admin who is left and never signed in, though one did who is disabled now', async () => {
    await use((await start())?.path);
    const { users } = app.app.services;
    const input = { email: 'grace@example.com', name: 'Grace', role: 'admin' } as const;
    await users.create(systemActor, input);
    expect(await start()).toBe(null);
    const { items } = await users.list({ limit: 10 });
    const ada = items.find(({ email }) => email === 'ada@example.com');
    await users.update(systemActor, { id: ada?.id ?? '', isDisabled: true });
    const grace = await start();
    expect(grace?.email).toBe('grace@example.com');
    expect((await use(grace?.path)).status).toBe(200);
  });

  test('of two servers at once on one database makes one admin, and links that work', async () => {
    const [first, second] = await Promise.all([start(), start()]);
    expect(await app.app.database.prisma.user.count()).toBe(1);
    expect((await use(second?.path)).status).toBe(200);
    expect((await use(first?.path)).status).toBe(401);
  });

  test('makes nobody an admin who has an account already', async () => {
    await app.app.services.users.create(systemActor, {
      email: 'ada@example.com',
      name: 'Ada',
      role: 'member',
    });
    await expect(start()).rejects.toThrow('ORIEL_ADMIN_EMAIL');
    expect((await start('grace@example.com'))?.email).toBe('grace@example.com');
  });
});

test('several processes print one link, for people and not for the log', async () => {
  const folder = await createDataFolder();
  const server = spawnServer({
    ORIEL_DATA_DIR: folder.path,
    ORIEL_PROCESSES: '2',
    LOG_FORMAT: 'json',
    LOG_LEVEL: 'debug',
  });
  onTestFinished(async () => {
    await server[Symbol.asyncDispose]();
    await folder.remove();
  });
  const url = await server.ready;
  await expect.poll(() => [...server.output().matchAll(linkPattern)].length).toBe(1);
  const [link = '', token = ''] = [...server.output().matchAll(linkPattern)][0] ?? [];
  expect(link.startsWith(url)).toBe(true);

  const response = await fetch(`${url}/api/v1/auth/use-link`, {
    method: 'POST',
    body: JSON.stringify({ token, password }),
    headers: { 'content-type': 'application/json' },
  });
  expect(response.status).toBe(200);
  const logLines = server
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{'));
  expect(logLines.length).toBeGreaterThan(0);
  for (const line of logLines) {
    expect(line).not.toContain(token);
    expect(line).not.toContain(password);
  }
});

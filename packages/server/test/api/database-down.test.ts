import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { startEmbeddedPostgres } from '../../src/db/embedded-postgres.ts';
import { createDataFolder } from '../db/support/embedded-folder.ts';
import { createFlakyNetwork } from '../db/support/flaky-network.ts';
import { gentoo } from '../support/inputs.ts';
import { startTestApp } from '../support/test-app.ts';

test('a database that goes away costs records, counted, never predictions', async () => {
  const folder = await createDataFolder();
  onTestFinished(() => folder.remove());
  // the app knows it as a server, and it can be taken down under the app
  const postgres = await startEmbeddedPostgres({
    folder: `${folder.path}/postgres`,
    onExit: () => undefined,
  });
  const app = await startTestApp({ DATABASE_URL: postgres.url, ORIEL_CACHE_ENTRIES_MAX: '0' });
  onTestFinished(() => app.close());
  await app.client.models.penguins.predict.mutate(gentoo);
  await app.app.recorder.flush();
  expect((await app.client.predictions.list.query({})).items).toHaveLength(1);

  await postgres.close();

  for (let i = 0; i < 10; i++)
    await app.client.models.penguins.predict.mutate({ ...gentoo, bodyMassG: 3000 + i });
  await app.app.recorder.flush();
  expect(app.app.recorder.waitingCount()).toBe(10);

  const ready = await app.send('/health/ready');
  expect([ready.status, ready.body]).toMatchObject([
    503,
    { checks: { 'penguins@1': 'ready', database: expect.stringContaining('not reachable') } },
  ]);
  const { status, body, headers } = await app.send('/api/v1/predictions');
  expect([status, body]).toMatchObject([503, { code: 'DATABASE_UNAVAILABLE' }]);
  expect(headers.get('retry-after')).toBe('2');

  await app.app.recorder.close();
  expect(app.app.recorder.droppedCount()).toBe(10);
  expect((await app.send('/metrics')).text).toContain('oriel_records_dropped_total 10');
});

test('a database that hangs does not keep a server from stopping', async () => {
  const folder = await createDataFolder();
  onTestFinished(() => folder.remove());
  const postgres = await startEmbeddedPostgres({
    folder: `${folder.path}/postgres`,
    onExit: () => undefined,
  });
  onTestFinished(() => postgres.close());
  const network = await createFlakyNetwork(postgres.url);
  onTestFinished(network.cut);
  await network.restore();
  const app = await startTestApp({ DATABASE_URL: network.url, ORIEL_DRAIN_MS: '1000' });
  network.hang();
  await app.client.models.penguins.predict.mutate(gentoo);
  // the record is being written, and nobody says that it is
  const isStopped = app.close().then(() => true);
  expect(await Promise.race([isStopped, sleep(45_000, false)])).toBe(true);
});

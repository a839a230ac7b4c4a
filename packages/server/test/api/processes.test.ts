import cluster from 'node:cluster';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createClient } from '@oriel/client';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runPrimary } from '../../src/cluster/primary.ts';
import { readConfig } from '../../src/config.ts';
import { createDataFolder } from '../db/support/embedded-folder.ts';
import { gentoo } from '../support/inputs.ts';
import { openRaw } from '../support/raw-http.ts';
import { spawnServer } from '../support/server-process.ts';

async function start(env: Parameters<typeof spawnServer>[0] = {}) {
  const folder = await createDataFolder();
  const server = spawnServer({
    ORIEL_DATA_DIR: folder.path,
    ORIEL_PROCESSES: '2',
    ORIEL_CACHE_ENTRIES_MAX: '0',
    ...env,
  });
  onTestFinished(async () => {
    await server[Symbol.asyncDispose]();
    await folder.remove();
  });
  return { server, url: await server.ready };
}

/** One call on a connection of its own, so that the next may reach another process. */
async function predict(url: string, bodyMassG: number): Promise<number> {
  const response = await fetch(`${url}/api/v1/models/penguins/predict`, {
    method: 'POST',
    body: JSON.stringify({ ...gentoo, bodyMassG }),
    headers: { 'content-type': 'application/json', connection: 'close' },
  }).catch(() => null);
  return response?.status ?? 0;
}

describe('two processes on one port', () => {
  test('the metrics of any are the sum of all, and all record into one database', async () => {
    const { url } = await start();
    for (let i = 0; i < 30; i++) expect(await predict(url, 3000 + i)).toBe(200);
    for (let i = 0; i < 4; i++) {
      const response = await fetch(`${url}/metrics`, { headers: { connection: 'close' } });
      expect(await response.text()).toContain(
        'oriel_predictions_total{model="penguins",outcome="succeeded"} 30',
      );
    }
    const client = createClient({ url });
    await expect
      .poll(async () => (await client.predictions.list.query({ limit: 200 })).items.length, {
        timeout: 10_000,
      })
      .toBe(30);
  });

  test('a limit of N is N over both, on the embedded database too', async () => {
    const { url } = await start({ ORIEL_ANONYMOUS_PER_MINUTE: '20' });
    const statuses = await Promise.all(Array.from({ length: 60 }, (_, i) => predict(url, 3000 + i)));
    expect(statuses.filter((status) => status === 200)).toHaveLength(20);
    expect(statuses.filter((status) => status === 429)).toHaveLength(40);
  });

  test('connections are bounded in time and number as they are with one process', async () => {
    const { url } = await start({ ORIEL_HEADERS_MS_MAX: '4000', ORIEL_CONNECTIONS_MAX: '1' });
    // one for each process, both of which say less than a request
    const slow = await Promise.all([openRaw(url), openRaw(url)]);
    for (const connection of slow) connection.send('GET /health/live HTTP/1.1\r\n');
    const tooMany = await openRaw(url);
    tooMany.send('GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n');
    expect(await tooMany.readAll()).toMatchObject({ status: 503 });
    for (const connection of slow) expect(await connection.readAll()).toMatchObject({ status: 408 });
  });

  test('who has sent a request and says that nothing more comes is answered', async () => {
    const { url } = await start();
    const { hostname, port } = new URL(url);
    const caller = connect(Number(port), hostname);
    await once(caller, 'connect');
    caller.end('GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n');
    expect(await text(caller)).toContain('200 OK');
  });

  test.runIf(process.platform === 'linux')(
    'one that is killed is replaced, and the other goes on',
    async () => {
      const { server, url } = await start();
      const [first] = workers(server.pid);
      process.kill(Number(first), 'SIGKILL');
      // a connection that the killed one held may break; those after it may not
      await expect.poll(() => workers(server.pid).length, { timeout: 10_000 }).toBe(1);
      for (let i = 0; i < 10; i++) expect(await predict(url, 4000 + i)).toBe(200);
      await expect.poll(() => workers(server.pid).length, { timeout: 20_000 }).toBe(2);
      expect(workers(server.pid)).not.toContain(first);
      server.kill('SIGTERM');
      expect(await server.exited).toBe(0);
    },
  );
});

test('a start for which the system gives no process fails, and says so', async () => {
  const folder = await createDataFolder();
  onTestFinished(async () => {
    cluster.setupPrimary({ cwd: process.cwd() });
    await folder.remove();
  });
  // fails in the way of a system that has no room for another one
  cluster.setupPrimary({ cwd: join(folder.path, 'nowhere') });
  const env = { PORT: '0', HOST: '127.0.0.1', ORIEL_DATA_DIR: folder.path, ORIEL_PROCESSES: '2' };
  const starting = runPrimary(readConfig({ ...env, LOG_LEVEL: 'fatal' }), {});
  await expect(starting).rejects.toThrow('spawn');
});

/** The processes that a process has started. */
function workers(pid: number): string[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
}

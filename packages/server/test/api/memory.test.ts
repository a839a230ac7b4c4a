import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { createDataFolder, createEmptyDataFolder, type DataFolder } from '../db/support/embedded-folder.ts';
import { spawnServer } from '../support/server-process.ts';

interface Choices {
  readonly folder: DataFolder;
  readonly hook: URL;
  readonly variable: 'RECORD_MODULES_TO' | 'RECORD_YOUNG_HEAPS_TO';
}

/** A server of two processes whose threads write to a file what they are asked to by a hook; reads its lines so far. */
async function start({ folder, hook, variable }: Choices) {
  const record = join(folder.path, 'record.txt');
  const server = spawnServer({ ORIEL_DATA_DIR: folder.path, ORIEL_PROCESSES: '2', [variable]: record }, [
    '--import',
    fileURLToPath(hook),
  ]);
  onTestFinished(async () => {
    // killed, its workers would go on writing for a moment
    server.kill('SIGTERM');
    await server.exited;
    await folder.remove();
  });
  const url = await server.ready;
  const readRecord = async () => (await readFile(record, 'utf8')).trim().split('\n');
  return { url, readRecord };
}

async function startWithModules() {
  const { url, readRecord } = await start({
    folder: await createDataFolder(),
    hook: new URL('../support/record-modules.mjs', import.meta.url),
    variable: 'RECORD_MODULES_TO',
  });
  /** What has been loaded so far by the main threads of either kind of process, or by their other threads. */
  const modulesOf = async (role: 'primary' | 'worker' | 'thread') =>
    (await readRecord()).filter((line) => line.startsWith(`${role} `));
  return { url, modulesOf };
}

// what is loaded is kept for good, in each process
test('a server loads what it works with: the API reference when somebody asks for it', async () => {
  const { url, modulesOf } = await startWithModules();
  const isReference = (module: string) => module.includes('/@scalar/');
  expect(await modulesOf('worker')).not.toEqual([]);
  expect((await modulesOf('worker')).filter(isReference)).toEqual([]);
  expect((await fetch(`${url}/docs`)).status).toBe(200);
  expect((await modulesOf('thread')).filter(isReference)).not.toEqual([]);
  expect((await modulesOf('worker')).filter(isReference)).toEqual([]);
});

test('a primary, which answers no request, loads nothing that answers them', async () => {
  const { modulesOf } = await startWithModules();
  const answersRequests = (module: string) =>
    /\/node_modules\/(fastify|@trpc\/server|pg-boss|onnxruntime-node)\/|\/server\/src\/app\.ts$/.test(module);
  expect((await modulesOf('worker')).filter(answersRequests)).not.toEqual([]);
  expect((await modulesOf('primary')).filter(answersRequests)).toEqual([]);
});

// V8 keeps the largest size that it had while code was loaded: up to 62 MiB on each thread
test('an idle server has given back what its threads needed for loading', async () => {
  const { readRecord } = await start({
    // the database is made, which takes the most
    folder: await createEmptyDataFolder(),
    hook: new URL('../support/record-young-heaps.mjs', import.meta.url),
    variable: 'RECORD_YOUNG_HEAPS_TO',
  });
  /** The last line of each thread. */
  const threads = async () => {
    const lines = (await readRecord()).map((line) => line.split(' '));
    const last = new Map(
      lines.map(([thread, bytes, limitMb]) => [thread, { bytes: Number(bytes), limitMb }]),
    );
    return [...last.values()];
  };
  // two of each process: the database's and its primary's, models' and their workers'
  expect(await threads()).toHaveLength(6);
  const largestMib = async () => Math.max(...(await threads()).map(({ bytes }) => bytes)) / 1024 / 1024;
  await expect.poll(largestMib, { timeout: 10_000 }).toBeLessThan(8);
  // those of models need little of it, and keep what they once had
  expect((await threads()).filter(({ limitMb }) => limitMb === '24')).toHaveLength(2);
});

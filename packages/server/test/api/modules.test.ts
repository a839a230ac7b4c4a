import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { createDataFolder } from '../db/support/embedded-folder.ts';
import { spawnServer } from '../support/server-process.ts';

const hook = fileURLToPath(new URL('../support/record-modules.mjs', import.meta.url));

/** A server of two processes, and which modules their main threads or their other threads have loaded so far. */
async function start() {
  const folder = await createDataFolder();
  const record = join(folder.path, 'modules.txt');
  const server = spawnServer(
    { ORIEL_DATA_DIR: folder.path, ORIEL_PROCESSES: '2', RECORD_MODULES_TO: record },
    ['--import', hook],
  );
  onTestFinished(async () => {
    await server[Symbol.asyncDispose]();
    await folder.remove();
  });
  const url = await server.ready;
  const modulesOf = async (role: 'primary' | 'worker' | 'thread') => {
    const lines = (await readFile(record, 'utf8')).split('\n');
    return lines.filter((line) => line.startsWith(`${role} `)).map((line) => line.slice(role.length + 1));
  };
  return { url, modulesOf };
}

// what is loaded is kept for good, in each process
test('a server loads what it works with: the API reference when somebody asks for it', async () => {
  const { url, modulesOf } = await start();
  const isReference = (module: string) => module.includes('/@scalar/');
  expect(await modulesOf('worker')).not.toEqual([]);
  expect((await modulesOf('worker')).filter(isReference)).toEqual([]);
  expect((await fetch(`${url}/docs`)).status).toBe(200);
  expect((await modulesOf('thread')).filter(isReference)).not.toEqual([]);
  expect((await modulesOf('worker')).filter(isReference)).toEqual([]);
});

test('a primary, which answers no request, loads nothing that answers them', async () => {
  const { modulesOf } = await start();
  const answersRequests = (module: string) =>
    /\/node_modules\/(fastify|@trpc\/server|pg-boss|onnxruntime-node)\/|\/server\/src\/app\.ts$/.test(module);
  expect((await modulesOf('worker')).filter(answersRequests)).not.toEqual([]);
  expect((await modulesOf('primary')).filter(answersRequests)).toEqual([]);
});

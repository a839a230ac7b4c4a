import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';

/** Niceness of the thread that reads it: the 19th field of its `stat` (proc_pid_stat(5)). */
const readNiceness = `Number(readFileSync('/proc/thread-self/stat', 'utf8').split(') ')[1].split(' ')[16])`;

/** Niceness of the threads that have a name; the first file that is read begins libuv's. */
const readNicenessOf = (name: string) => `await readFile('/proc/self/stat').then(() =>
  readdirSync('/proc/self/task')
    .filter((thread) => readFileSync('/proc/self/task/' + thread + '/comm', 'utf8').trim() === '${name}')
    .map((thread) => Number(readFileSync('/proc/self/task/' + thread + '/stat', 'utf8').split(') ')[1].split(' ')[16])))`;

describe.runIf(process.platform === 'linux')('the priority of a thread is lowered', () => {
  it.each([
    ['giveWayToEventLoops', 5],
    ['giveWayToLiveWork', 19],
  ])('%s: of the calling one alone', async (call, by) => {
    const before = ownNiceness();
    const worker = new Worker(programOf(call, readNiceness), { eval: true });
    const [inWorker] = await once(worker, 'message');
    expect(inWorker).toBe(Math.min(19, before + by));
    expect(ownNiceness()).toBe(before);
  });

  it.each([
    ['letLibuvGiveWay', 'libuv-worker'],
    ['letV8HelpersGiveWay', 'node-V8Worker'],
  ])('%s: of the threads named %s, and of no other', async (call, name) => {
    const before = ownNiceness();
    // a process of its own: these threads are the whole process' own
    const program = programOf(call, `[${readNiceness}, ...${readNicenessOf(name)}]`);
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', program]);
    const [own, ...others] = JSON.parse(stdout) as number[];
    expect(own).toBe(before);
    expect(others).toEqual(Array.from({ length: 4 }, () => Math.min(19, before + 10)));
  });
});

/** Calls one of the functions and tells a number or more. */
function programOf(call: string, tell: string): string {
  const url = JSON.stringify(new URL('give-way.ts', import.meta.url).href);
  return `const { readFileSync, readdirSync } = require('node:fs');
    const { readFile } = require('node:fs/promises');
    const { parentPort } = require('node:worker_threads');
    import(${url}).then(async (given) => {
      await readFile('/proc/self/stat');
      given.${call}();
      const told = ${tell};
      if (parentPort) parentPort.postMessage(told);
      else console.log(JSON.stringify(told));
    });`;
}

function ownNiceness(): number {
  return Number(readFileSync('/proc/thread-self/stat', 'utf8').split(') ')[1]?.split(' ')[16]);
}

import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';

/** Niceness of the thread that reads it: the 19th field of its `stat` (proc_pid_stat(5)). */
const readNiceness = `Number(readFileSync('/proc/thread-self/stat', 'utf8').split(') ')[1].split(' ')[16])`;

describe.runIf(process.platform === 'linux')('giveWayToEventLoops', () => {
  it('lowers the priority of the calling thread alone', async () => {
    const before = ownNiceness();
    const worker = new Worker(
      `const { readFileSync } = require('node:fs');
       import(${JSON.stringify(new URL('give-way.ts', import.meta.url).href)}).then(({ giveWayToEventLoops }) => {
         giveWayToEventLoops();
         require('node:worker_threads').parentPort.postMessage(${readNiceness});
       });`,
      { eval: true },
    );
    const inWorker = await new Promise((resolve) => worker.once('message', resolve));
    expect(inWorker).toBe(before + 5);
    expect(ownNiceness()).toBe(before);
  });
});

function ownNiceness(): number {
  return Number(readFileSync('/proc/thread-self/stat', 'utf8').split(') ')[1]?.split(' ')[16]);
}

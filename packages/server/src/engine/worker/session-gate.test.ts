import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { SessionGate } from './session-gate.ts';

describe('SessionGate', () => {
  test('cannot be closed while the thread is inside', () => {
    const gate = new SessionGate();
    gate.enter();
    expect(gate.tryClose()).toBe(false);
    gate.leave();
    expect(gate.tryClose()).toBe(true);
  });

  test('once closed, stays closed', () => {
    const gate = new SessionGate();
    gate.tryClose();
    expect(gate.tryClose()).toBe(true);
  });

  test('a thread that comes to a closed gate waits there until it is ended', async () => {
    const gate = new SessionGate();
    gate.tryClose();
    const code = `
      const { workerData, parentPort } = require('node:worker_threads');
      import(workerData.module).then(({ SessionGate }) => {
        parentPort.postMessage('at the gate');
        new SessionGate(workerData.buffer).enter();
        parentPort.postMessage('inside');
      });`;
    const module = new URL('./session-gate.ts', import.meta.url).href;
    const thread = new Worker(code, { eval: true, workerData: { module, buffer: gate.buffer } });
    const heard: string[] = [];
    thread.on('message', (message: string) => heard.push(message));
    await once(thread, 'message');
    await thread.terminate();
    expect(heard).toEqual(['at the gate']);
  });
});

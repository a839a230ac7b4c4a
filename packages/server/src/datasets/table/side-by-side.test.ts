import { expect, test } from 'vitest';
import { sideBySide } from './side-by-side.ts';

const outOfMemory = new Error('Out of Memory Error: could not allocate block');

/** Work that needs the memory for itself. */
function greedy<T>(result: T, memory: { users: number }) {
  return async () => {
    memory.users += 1;
    await Promise.resolve();
    try {
      if (memory.users > 1) throw outOfMemory;
      return result;
    } finally {
      await Promise.resolve();
      memory.users -= 1;
    }
  };
}

test('what has no memory beside each other is done one after the other', async () => {
  const memory = { users: 0 };
  expect(await sideBySide(greedy('a', memory), greedy('b', memory))).toEqual(['a', 'b']);
});

test('what fails otherwise fails, when both have ended', async () => {
  let isOver = false;
  const broken = () => Promise.reject(new Error('broken'));
  const slow = () => new Promise<void>((resolve) => setImmediate(resolve)).then(() => (isOver = true));
  await expect(sideBySide(broken, slow)).rejects.toThrow('broken');
  expect(isOver).toBe(true);
  await expect(sideBySide(slow, broken)).rejects.toThrow('broken');
});

test('what has too little memory by itself fails', async () => {
  const hungry = () => Promise.reject(outOfMemory);
  await expect(sideBySide(hungry, hungry)).rejects.toBe(outOfMemory);
});

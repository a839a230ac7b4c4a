import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

interface CollectOptions {
  readonly type: 'major';
  readonly execution: 'sync';
  readonly flavor: 'regular' | 'last-resort';
}

/** Marks all of this thread's heap, which takes milliseconds, and frees what is dead. */
export function collectGarbage(): void {
  collect('regular');
}

/**
 * Collects garbage until little more comes of it, and gives the room back to the system, which V8 would keep: loading code
 * makes the part of the heap for young objects as large as it may become, several times what is in it afterwards. It
 * grows again with the work. Takes up to a tenth of a second and more, so it is for when all is loaded.
 */
export function giveHeapBack(): void {
  collect('last-resort');
}

/** V8 has no other way to ask for it from inside; the flag makes `gc` known to new contexts only. */
function collect(flavor: CollectOptions['flavor']): void {
  setFlagsFromString('--expose-gc');
  const gc: (options: CollectOptions) => void = runInNewContext('gc');
  gc({ type: 'major', execution: 'sync', flavor });
}

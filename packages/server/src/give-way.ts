import { readdirSync, readFileSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';

/** Enough that a thread which wakes to read a request goes first; too little to starve beside other programs. */
const nicer = 5;
/** What the machine does for others, and reads and writes for all, gives way to models as those do to event loops. */
const nicerForFiles = 10;
/** Jobs take what is left. */
const nicenessMax = 19;

/**
 * Makes this thread give way to the event loops of the server when all cores are busy: reading and refusing requests
 * and handing out the next batch take microseconds that many callers wait for, a model takes milliseconds.
 *
 * On Linux alone: there, 0 means the calling thread, elsewhere the whole process (setpriority(2), "C library/kernel
 * differences").
 */
export function giveWayToEventLoops(): void {
  giveWay(0, nicer);
}

/** Makes this thread give way to the threads of models as well: nobody waits for what it does. */
export function giveWayToLiveWork(): void {
  giveWay(0, nicenessMax);
}

/**
 * Makes the threads that libuv keeps for this process give way: DuckDB's statements run there, and its own threads are
 * begun from there, which makes them as nice. Files are read there too, and passwords hashed, which can wait a little.
 *
 * To be called once some work has been done there, for they are started by the first.
 */
export function letLibuvGiveWay(): void {
  if (process.platform !== 'linux') return;
  try {
    for (const thread of readdirSync(threadsFolder))
      if (readFileSync(`${threadsFolder}/${thread}/comm`, 'utf8').trim() === 'libuv-worker')
        giveWay(Number(thread), nicerForFiles);
  } catch {
    // a sandbox may hide them
  }
}

const threadsFolder = '/proc/self/task';

/** @param thread - 0 for the calling one */
function giveWay(thread: number, by: number): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(thread, Math.min(nicenessMax, getPriority(0) + by));
  } catch {
    // a sandbox may forbid it; all works without
  }
}

import { readdirSync, readFileSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';

/** Enough that a thread which wakes to read a request goes first; too little to starve beside other programs. */
const nicer = 5;
/** What helps others, and what reads and writes for all, gives way to models as those do to event loops. */
const nicerForHelpers = 10;
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
  letGiveWay('libuv-worker');
}

/**
 * Makes the threads give way that V8 keeps for this process: they compile what runs often and collect garbage for all of its
 * threads, of jobs too. While they run as equals of an event loop, it waits up to a tick of the kernel's for one of them.
 */
export function letV8HelpersGiveWay(): void {
  letGiveWay('node-V8Worker');
}

/** As long as code that is often called may be uncompiled under load: until then, all callers wait for what V8's helpers do. */
const warmMs = 30_000;

/** The same, once this process has been serving for a while. */
export function letV8HelpersGiveWayOnceWarm(): void {
  setTimeout(letV8HelpersGiveWay, warmMs).unref();
}

const threadsFolder = '/proc/self/task';

/** @param name - of the threads, as Node.js gives it to the kernel */
function letGiveWay(name: string): void {
  if (process.platform !== 'linux') return;
  try {
    for (const thread of readdirSync(threadsFolder))
      if (readFileSync(`${threadsFolder}/${thread}/comm`, 'utf8').trim() === name)
        giveWay(Number(thread), nicerForHelpers);
  } catch {
    // a sandbox may hide them
  }
}

/** @param thread - 0 for the calling one */
function giveWay(thread: number, by: number): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(thread, Math.min(nicenessMax, getPriority(0) + by));
  } catch {
    // a sandbox may forbid it; all works without
  }
}

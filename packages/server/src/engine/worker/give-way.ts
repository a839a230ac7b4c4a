import { getPriority, setPriority } from 'node:os';

/** Enough that a thread which wakes to read a request goes first; too little to starve beside other programs. */
const nicer = 5;
const nicenessMax = 19;

/**
 * Makes this thread give way to the event loops of the server when all cores are busy: reading and refusing requests
 * and handing out the next batch take microseconds that many callers wait for, a model takes milliseconds.
 *
 * On Linux alone: there, 0 means the calling thread, elsewhere the whole process (setpriority(2), "C library/kernel
 * differences").
 */
export function giveWayToEventLoops(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(0, Math.min(nicenessMax, getPriority(0) + nicer));
  } catch {
    // a sandbox may forbid it; all works without
  }
}

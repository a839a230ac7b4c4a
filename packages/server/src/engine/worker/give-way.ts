import { setPriority } from 'node:os';

/** Low enough that a thread which wakes to read a request goes first; high enough not to starve beside other programs. */
const niceness = 5;

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
    setPriority(0, niceness);
  } catch {
    // a sandbox may forbid it; all works without
  }
}

import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';
import type { Config } from './config.ts';

/** Of lines that wait to be written; further ones are lost. */
const waitingBytesMax = 16_777_216;

/**
 * The log: JSON lines for machines, or short lines for people when somebody watches. Lines are written in pieces of
 * whole lines, at least every quarter of a second: a write for each line would cost more than many a prediction. No
 * piece is larger than what a pipe takes at once, so that the lines of several processes never mix. Where the disk is full that
 * it goes to, lines wait for room, and nothing else does.
 */
export function createLogger(
  { logLevel, logFormat }: Pick<Config, 'logLevel' | 'logFormat'>,
  isTerminal: boolean,
): Logger {
  const options = { level: logLevel, base: null };
  if (logFormat === 'pretty' || (logFormat === 'auto' && isTerminal)) {
    return pino(
      options,
      pretty({ colorize: isTerminal, translateTime: 'HH:MM:ss', ignore: 'requestId,route', sync: true }),
    );
  }
  const destination = pino.destination({
    sync: false,
    minLength: 3584,
    maxWrite: 4096,
    maxLength: waitingBytesMax,
    periodicFlush: 250,
  });
  let isFailing = false;
  // unheard, it ends the process
  destination.on('error', () => {
    isFailing = true;
  });
  destination.on('write', () => {
    isFailing = false;
  });
  // whatever ends the process, what was logged is written; where it cannot be, trying would never end, and pino would try
  process.prependListener('exit', () => {
    if (isFailing) destination.destroy();
    else destination.flushSync();
  });
  return pino(options, destination);
}

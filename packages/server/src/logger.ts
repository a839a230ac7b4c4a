import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';
import type { Config } from './config.ts';

/**
 * The log: JSON lines for machines, or short lines for people when somebody watches. Lines are written in pieces of
 * whole lines, at least every quarter of a second: a write for each line would cost more than many a prediction. No
 * piece is larger than what a pipe takes at once, so that the lines of several processes never mix.
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
  const destination = pino.destination({ sync: false, minLength: 3584, maxWrite: 4096, periodicFlush: 250 });
  // whatever ends the process, what was logged is written
  process.on('exit', () => destination.flushSync());
  return pino(options, destination);
}

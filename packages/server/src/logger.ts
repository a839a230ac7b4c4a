import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';
import type { Config } from './config.ts';

/** The log: JSON lines for machines, or short lines for people when somebody watches. */
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
  return pino(options);
}

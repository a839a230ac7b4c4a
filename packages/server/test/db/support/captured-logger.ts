import type { DatabaseLogger } from '../../../src/db/database-logger.ts';

/** A log that keeps what it is told. */
export function createCapturedLogger(): DatabaseLogger & {
  readonly lines: { level: string; message: string; fields: object }[];
} {
  const lines: { level: string; message: string; fields: object }[] = [];
  const at = (level: string) => (fields: object, message: string) =>
    void lines.push({ level, message, fields });
  return { lines, info: at('info'), warn: at('warn'), error: at('error') };
}

import type { Readable, Writable } from 'node:stream';

/** Where a command reads and writes. Results go to `stdout`, all that is for people alone to `stderr`. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** How a command ends, for the shell. */
export const exitCodes = { done: 0, failed: 1, wrongUsage: 2, rowsFailed: 3, interrupted: 130 } as const;

export function say(terminal: Terminal, text: string): void {
  terminal.stderr.write(`${text}\n`);
}

/** What was asked for cannot be done as it was asked: the message says what to write. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

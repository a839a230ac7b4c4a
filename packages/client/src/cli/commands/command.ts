import type { Terminal } from '../terminal.ts';

export interface Command {
  /** One line for the list of commands. */
  readonly summary: string;
  /** What `--help` prints. */
  readonly help: string;
  /** @returns the exit code */
  run(args: readonly string[], terminal: Terminal): Promise<number>;
}

/** The end of every command's help. */
export const commonHelp = `
Server:
  --url <address>     where the server is; ORIEL_URL, or http://localhost:3000, without it
  --api-key <key>     who calls; better as ORIEL_API_KEY, since others on this machine can read a command line
  --json              the result as JSON on standard output
  -h, --help`;

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { SettingName } from '../../src/settings.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** Where the `record-*.mjs` beside this file write what they find. */
type RecordName = 'RECORD_CONNECTIONS_TO' | 'RECORD_MODULES_TO' | 'RECORD_YOUNG_HEAPS_TO';
type Environment = Partial<Record<SettingName | RecordName, string>>;

interface SpawnOptions {
  /** A file descriptor to write to; nobody reads there when it is ready. */
  readonly stdout?: 'pipe' | number;
  /** Whether its processes are a group of their own, so that all of them can be sent a signal. */
  readonly isGroup?: boolean;
}

/**
 * The server as its own process, as `npm start` runs it.
 *
 * @param nodeOptions - e.g. `['--import', 'hook.ts']`
 */
export function spawnServer(
  env: Environment,
  nodeOptions: string[] = [],
  { stdout = 'pipe', isGroup = false }: SpawnOptions = {},
) {
  const child = spawn(process.execPath, [...nodeOptions, main], {
    // nothing of this process' environment that could configure the server
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      PORT: '0',
      HOST: '127.0.0.1',
      LOG_LEVEL: 'warn',
      // tests ask from one address, and faster than people do
      ORIEL_ANONYMOUS_PER_MINUTE: '0',
      ...env,
    },
    stdio: ['ignore', stdout, 'pipe'],
    detached: isGroup,
  });
  let output = '';
  const exited = once(child, 'exit').then(([code]) => Number(code));
  const ready = new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const url = /Oriel is ready[\s\S]*Demo page\s+(http\S+)\n/.exec(output)?.[1];
      if (url) resolve(url);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    void exited.then((code) => reject(new Error(`the server ended with ${code}:\n${output}`)));
  });
  // whoever expects the server to end does not wait for it to be ready
  ready.catch(() => undefined);

  return {
    ready,
    exited,
    pid: child.pid ?? 0,
    output: () => output,
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null) child.kill('SIGKILL');
      await exited;
    },
  };
}

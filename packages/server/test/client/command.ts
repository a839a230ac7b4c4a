import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(import.meta.resolve('@oriel/client/node')).replace(/node\.ts$/, 'cli/main.ts');

interface CommandOptions {
  readonly url: string;
  readonly apiKey?: string;
  readonly cwd: string;
  /** What comes on standard input. */
  readonly input?: string;
}

/** The command `oriel` as its own process, as a shell runs it. */
export function startCommand(args: readonly string[], { url, apiKey, cwd, input }: CommandOptions) {
  const child = spawn(process.execPath, [main, ...args], {
    cwd,
    // nothing of this process' environment
    env: { ORIEL_URL: url, ...(apiKey !== undefined && { ORIEL_API_KEY: apiKey }) },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const printed = { stdout: '', stderr: '' };
  const changed = new EventTarget();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      printed[name] += text;
      changed.dispatchEvent(new Event('text'));
    });
  }
  child.stdin.end(input);
  const ended = once(child, 'close').then(([code]) => ({ code: Number(code), ...printed }));
  return {
    ended,
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    /** As `head` does once it has had enough. */
    closeOutput: () => child.stdout.destroy(),
    /** Until it has written this for people. */
    async says(text: string): Promise<void> {
      while (!printed.stderr.includes(text)) await Promise.race([once(changed, 'text'), failWhenEnded(text)]);
    },
  };

  async function failWhenEnded(text: string): Promise<never> {
    const end = await ended;
    throw new Error(`it ended without saying "${text}": ${JSON.stringify(end)}`);
  }
}

export function runCommand(...[args, options]: Parameters<typeof startCommand>) {
  return startCommand(args, options).ended;
}

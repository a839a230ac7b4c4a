import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../packages/server/src/main.ts', import.meta.url));
const page = new URL('../../packages/web-demo/dist/index.html', import.meta.url);

/** Whom the first start makes an admin. */
export const adminEmail = 'admin@example.com';

/** A server that has not stopped by then is ended, so that a fault of its own cannot hold up the tests. */
const stopMsMax = 15_000;

export interface RunningServer {
  readonly url: string;
  /** The link with which the first admin signs in, once. */
  readonly firstSignInUrl: string;
  stop(): Promise<void>;
}

/**
 * Starts the real server as `npm start` does, on a free port with data of its own; resolves once it is ready.
 *
 * @param env - settings that differ from the defaults
 */
export async function startServer(env: Readonly<Record<string, string>> = {}): Promise<RunningServer> {
  if (!existsSync(page)) throw new Error('The demo page is not built: run `npm run build` first.');
  const dataFolder = await mkdtemp(join(tmpdir(), 'oriel-e2e-'));
  const server = spawn(process.execPath, [main], {
    env: {
      ...process.env,
      PORT: '0',
      ORIEL_DATA_DIR: dataFolder,
      // all visitors of the tests come from one address
      ORIEL_ANONYMOUS_PER_MINUTE: '0',
      ORIEL_CALLER_PER_MINUTE: '0',
      ORIEL_ADMIN_EMAIL: adminEmail,
      LOG_LEVEL: 'error',
      LOG_FORMAT: 'json',
      DATABASE_URL: '',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const stop = async () => {
    server.kill('SIGTERM');
    const kill = setTimeout(() => server.kill('SIGKILL'), stopMsMax);
    await exited;
    clearTimeout(kill);
    await rm(dataFolder, { recursive: true, force: true });
  };
  try {
    return { ...(await readWelcome(server)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The addresses that the server prints for people once it is ready. */
function readWelcome(server: ChildProcess): Promise<Pick<RunningServer, 'url' | 'firstSignInUrl'>> {
  return new Promise((resolve, reject) => {
    let printed = '';
    const onText = (text: string) => {
      printed += text;
      const url = /Demo page\s+(http:\/\/\S+)/.exec(printed)?.[1];
      const firstSignInUrl = /http:\/\/\S+\/#\/sign-in-link\/\S+/.exec(printed)?.[0];
      if (!url || !firstSignInUrl) return;
      if (printed.includes('NOT ready')) reject(new Error(`The server is not ready:\n${printed}`));
      else resolve({ url, firstSignInUrl });
    };
    server.stdout?.setEncoding('utf8').on('data', onText);
    server.stderr?.setEncoding('utf8').on('data', onText);
    server.once('exit', (code) =>
      reject(new Error(`The server ended with code ${code} before it was ready:\n${printed}`)),
    );
  });
}

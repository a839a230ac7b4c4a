import { createClient } from '@oriel/client';
import * as ourContracts from '@oriel/models';
import { modelsFolder as ourModels } from '@oriel/models/location';
import type { AnyContract } from '@oriel/schemas';
import { pino } from 'pino';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import type { SettingName } from '../../src/settings.ts';
import { createDataFolder } from '../db/support/embedded-folder.ts';

interface TestOptions {
  /** Other models than those of this repository. */
  readonly contracts?: Readonly<Record<string, AnyContract>>;
  readonly modelsFolder?: URL;
  /** False: jobs wait, as they do while no process runs that does them. */
  readonly areJobsDone?: boolean;
}

/** A server that runs, and how tests ask it. */
export type TestApp = Awaited<ReturnType<typeof startTestApp>>;

/**
 * The whole server with its real models, its embedded database in a folder of its own, and a free port.
 *
 * @param env - settings that differ from the defaults
 */
export async function startTestApp(
  env: Partial<Record<SettingName, string>> = {},
  { contracts = ourContracts, modelsFolder = ourModels, areJobsDone = true }: TestOptions = {},
) {
  const folder = await createDataFolder();
  const settings = readConfig({
    PORT: '0',
    HOST: '127.0.0.1',
    ORIEL_DATA_DIR: folder.path,
    ORIEL_THREADS: '2',
    // tests ask from one address, and faster than people do; those of the limits set their own
    ORIEL_ANONYMOUS_PER_MINUTE: '0',
    ORIEL_CALLER_PER_MINUTE: '0',
    ORIEL_WRONG_CREDENTIALS_PER_MINUTE: '0',
    ...env,
  });
  const config = {
    ...settings,
    // tests are in the middle of jobs that are over within that time
    jobs: { ...settings.jobs, togetherMs: 0 },
    // no setting does this on the embedded database, where nobody else could do them
    ...(!areJobsDone && { role: 'api' as const }),
  };
  const app = await createApp({
    config,
    logger: pino({ level: 'silent' }),
    registry: new URL('registry.ts', modelsFolder),
    contracts,
    modelsFolder,
    webFolder: new URL('../../../web-demo/dist/', import.meta.url),
  });
  const url = await app.listen();
  await app.ready;

  return {
    app,
    url,
    client: createClient({ url }),
    /** POST of JSON; gives the status, the headers and the parsed answer. */
    post: async (path: string, body: unknown, headers: Record<string, string> = {}) =>
      send(path, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json', ...headers },
      }),
    send,
    async close() {
      await app.close();
      await folder.remove();
    },
  };

  async function send(path: string, init: RequestInit = {}) {
    const response = await fetch(`${url}${path}`, init);
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson ? toUnknown(text) : text,
    };
  }
}

function toUnknown(text: string): unknown {
  return JSON.parse(text);
}

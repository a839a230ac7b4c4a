import { mkdirSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import type { Config } from './config.ts';

type Folders = Pick<Config, 'dataFolder'>;

/**
 * What a process is started with so that it, and each of its threads, keeps what V8 has compiled of our modules for the
 * next start: that takes a fifth less of the processor then, and a thread begins in half of the time. The folder may be
 * removed at any time; without one, everything is compiled anew.
 *
 * @param env - of this process: who has chosen a folder there keeps it
 */
export function compiledCodeEnvironment({ dataFolder }: Folders, env: NodeJS.ProcessEnv) {
  const folder = env.NODE_COMPILE_CACHE ?? join(dataFolder, 'compiled');
  try {
    // Node.js would make the folder of all data, too, as one that everybody reads
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch {
    // it does without
  }
  return { NODE_COMPILE_CACHE: folder };
}

/** The same for this process, which has started already, and the threads that it will start. */
export function keepCompiledCode(folders: Folders, env: NodeJS.ProcessEnv): void {
  Object.assign(env, compiledCodeEnvironment(folders, env));
  enableCompileCache(env.NODE_COMPILE_CACHE);
}

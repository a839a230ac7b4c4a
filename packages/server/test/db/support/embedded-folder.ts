import { cp, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEmbeddedPostgres } from '../../../src/db/embedded-postgres.ts';

export interface DataFolder {
  readonly path: string;
  remove(): Promise<void>;
}

/** A data folder with nothing in it, as on a first start. */
export async function createEmptyDataFolder(): Promise<DataFolder> {
  const path = await mkdtemp(join(tmpdir(), 'oriel-data-'));
  // processes of a server that was killed put away what they compiled before they end
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 50 }) };
}

/**
 * A data folder with an empty database in it. Making one takes seconds and always gives the same, so it is
 * made once for each version of PGlite and copied from then on: this is what gives every test file a database
 * of its own.
 */
export async function createDataFolder(): Promise<DataFolder> {
  const folder = await createEmptyDataFolder();
  await cp(await findTemplate(), join(folder.path, 'postgres'), { recursive: true });
  return folder;
}

async function findTemplate(): Promise<string> {
  const template = templatePath();
  if (await isFolder(template)) return template;

  const own = `${template}.${process.pid}`;
  const postgres = await startEmbeddedPostgres({ folder: own, onExit: () => {} });
  await postgres.close();
  // it fails when another process was faster
  await rename(own, template).catch(() => rm(own, { recursive: true, force: true }));
  return template;
}

function templatePath(): string {
  const entry = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  const { version }: { version: string } = createRequire(entry)('../package.json');
  return fileURLToPath(
    new URL(`../../../../../node_modules/.cache/oriel/postgres-${version}`, import.meta.url),
  );
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
}

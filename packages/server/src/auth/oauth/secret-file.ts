import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

interface Options {
  readonly folder: string;
  readonly logger: { warn(details: object, message: string): void };
}

const secretCharsMin = 32;

/**
 * The secret of a server that was told none: kept in a file beside the embedded database, and made at the first
 * reading. Where there is no folder to write to, the secret lasts as long as the process.
 */
export async function readOrMakeSecret({ folder, logger }: Options): Promise<string> {
  const file = join(folder, 'secret');
  try {
    return (await readSecret(file)) ?? (await makeSecret(folder, file));
  } catch (err) {
    logger.warn(
      { err },
      'no secret could be kept: after a restart, access tokens are signed with another key. Set ORIEL_SECRET.',
    );
    return createSecret();
  }
}

/** @throws Error when there is a file that cannot be read, or cannot be one of ours */
async function readSecret(file: string): Promise<string | null> {
  try {
    const secret = (await readFile(file, 'utf8')).trim();
    if (secret.length >= secretCharsMin) return secret;
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    throw error;
  }
  throw new Error(`${file} holds no secret: delete it to have one made`);
}

/** Processes that start together make it together: whoever links first wins, and no one reads half of it. */
async function makeSecret(folder: string, file: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const secret = createSecret();
  const own = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  await writeFile(own, `${secret}\n`, { mode: 0o600, flag: 'wx' });
  try {
    await link(own, file);
    return secret;
  } catch (error) {
    const made = isCode(error, 'EEXIST') ? await readSecret(file) : null;
    if (made === null) throw error;
    return made;
  } finally {
    await rm(own, { force: true });
  }
}

function createSecret(): string {
  return randomBytes(32).toString('base64url');
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

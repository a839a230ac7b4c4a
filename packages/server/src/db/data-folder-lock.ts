import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Gives the folder back. */
export type ReleaseLock = () => Promise<void>;

/** Bytes of a Unix socket's path that every system takes, less what `takeOver` appends. */
const socketPathBytesMax = 90;
/**
 * What file systems that take no sockets answer: some network mounts, folders shared with a virtual
 * machine.
 */
const socketRefusals = new Set(['ENOTSUP', 'EOPNOTSUPP', 'EPERM', 'EINVAL']);
/** Far longer than another process, that saw the same stale lock, needs to put its own in place. */
const takeoverMs = 100;

/**
 * Takes a folder for this process alone: two processes on one set of database files lose rows without a word.
 *
 * The lock is a listening socket, so that it ends with the process however that ends, kill -9 included.
 *
 * @throws Error when another process has it
 */
export async function lockDataFolder(folder: string): Promise<ReleaseLock> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { inside, outside } = toLockPaths(realpathSync(folder));
  const release = await take(inside).catch((error: NodeJS.ErrnoException) => {
    if (socketRefusals.has(error.code ?? '')) return take(outside);
    throw error;
  });
  if (release) return release;
  throw new Error(
    `${folder} is in use by another Oriel process (stop it, or set ORIEL_DATA_DIR to another folder, or DATABASE_URL to a PostgreSQL server)`,
  );
}

async function take(path: string): Promise<ReleaseLock | null> {
  return (await takeFree(path)) ?? (await takeOver(path));
}

/** Listening fails while a socket of that name exists, whether or not anyone is behind it. */
async function takeFree(path: string): Promise<ReleaseLock | null> {
  const server = await tryListen(path);
  return server && (() => close(server)); // closing removes the socket
}

/**
 * Puts a new socket in place of one left by a killed process. Several may try at once: each renames its own
 * over the others', and whose is there after a moment has the lock.
 */
async function takeOver(path: string): Promise<ReleaseLock | null> {
  if (process.platform === 'win32') return null; // pipes end with their process: this one is alive
  const own = `${path}.${randomBytes(3).toString('hex')}`;
  const server = await tryListen(own);
  if (!server) return null;

  const inode = readInode(own);
  if (!(await isAnswering(path))) {
    renameSync(own, path);
    await sleep(takeoverMs);
    if (readInode(path) === inode) {
      return async () => {
        rmSync(path, { force: true }); // closing removes the socket's first name only
        await close(server);
      };
    }
  }
  await close(server);
  return null;
}

/**
 * Inside the folder is better: containers that share it meet there. Where the path is too long or the file
 * system takes no sockets, the temporary folder must do.
 */
function toLockPaths(folder: string): { inside: string; outside: string } {
  const key = createHash('sha256').update(folder).digest('hex').slice(0, 20);
  const outside =
    process.platform === 'win32' ? `\\\\.\\pipe\\oriel-${key}` : join(tmpdir(), `oriel-${key}.sock`);
  const inside = join(folder, 'lock.sock');
  const isUsable = process.platform !== 'win32' && Buffer.byteLength(inside) <= socketPathBytesMax;
  return { inside: isUsable ? inside : outside, outside };
}

function readInode(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.ino ?? null;
}

/** Null when the path is taken. */
function tryListen(path: string): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.end());
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(null) : reject(error),
    );
    server.listen(path, () => {
      server.unref();
      resolve(server);
    });
  });
}

function isAnswering(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    // any other failure may hide a living process
    socket.once('error', ({ code }: NodeJS.ErrnoException) =>
      resolve(code !== 'ECONNREFUSED' && code !== 'ENOENT'),
    );
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

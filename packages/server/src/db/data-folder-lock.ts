import { createHash } from 'node:crypto';
import { mkdirSync, realpathSync, rmSync, statSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Gives the folder back. */
export type ReleaseLock = () => Promise<void>;

/** Bytes of a Unix socket's path that every system takes. */
const socketPathBytesMax = 100;
/** Longer than it takes another process, that saw the same stale lock, to remove it and listen. */
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
  const path = toLockPath(realpathSync(folder));
  let server = await tryListen(path);
  if (!server) {
    if (await isAnswering(path)) throw inUse(folder);
    server = await takeOver(path);
  }
  if (!server) throw inUse(folder);
  const held = server;
  return () => new Promise((resolve) => held.close(() => resolve()));
}

/** Inside the folder, where containers that share it meet; where that path is too long, in the temporary folder. */
function toLockPath(folder: string): string {
  const key = createHash('sha256').update(folder).digest('hex').slice(0, 20);
  if (process.platform === 'win32') return `\\\\.\\pipe\\oriel-${key}`;
  const inside = join(folder, 'lock.sock');
  return Buffer.byteLength(inside) <= socketPathBytesMax ? inside : join(tmpdir(), `oriel-${key}.sock`);
}

/** Removes the lock of a process that was killed. Of two that try at once, the one whose socket stays has it. */
async function takeOver(path: string): Promise<Server | null> {
  rmSync(path, { force: true });
  const server = await tryListen(path);
  if (!server || process.platform === 'win32') return server;

  const mine = readInode(path);
  await sleep(takeoverMs);
  if (readInode(path) === mine) return server;
  server.close();
  return null;
}

function readInode(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.ino ?? null;
}

/** Null when the path is taken. */
function tryListen(path: string): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.end());
    server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(null) : reject(error)));
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
    socket.once('error', () => resolve(false));
  });
}

function inUse(folder: string): Error {
  return new Error(
    `${folder} is in use by another Oriel process (stop it, or set ORIEL_DATA_DIR to another folder, or DATABASE_URL to a PostgreSQL server)`,
  );
}

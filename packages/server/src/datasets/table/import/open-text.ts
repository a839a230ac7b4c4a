import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { unpacksTooLarge, unreadable } from '../unreadable.ts';
import { createUtf8Check, encodingOf, nulFault, type TextEncoding } from './text-encoding.ts';

const pieceBytes = 256 * 1024;
/** The first bytes, by which a file is known. */
const startBytes = 64 * 1024;

export interface FileStart {
  readonly bytes: Buffer;
  /** Whether these are all. */
  readonly isWhole: boolean;
}

export async function readStart(path: string, bytesMax = startBytes): Promise<FileStart> {
  await using file = await open(path);
  const buffer = Buffer.alloc(bytesMax + 1);
  const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
  return { bytes: buffer.subarray(0, Math.min(bytesRead, bytesMax)), isWhole: bytesRead <= bytesMax };
}

export function isGzip(start: Buffer): boolean {
  return start[0] === 0x1f && start[1] === 0x8b;
}

interface Unpack {
  /** Where to put what is made on the way. */
  readonly folder: string;
  readonly unpackedBytesMax: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Unpacks a gzip file, with flat memory.
 *
 * @returns the path of the text, in `folder`
 * @throws AppError DATASET_UNREADABLE when it is damaged, cut off, or too large
 */
export async function unpackGzip(
  path: string,
  { folder, unpackedBytesMax, signal }: Unpack,
): Promise<string> {
  const unpacked = join(folder, 'unpacked');
  const [source, gunzip, bounded] = [createReadStream(path), createGunzip(), meter(unpackedBytesMax)];
  try {
    await pipeline(source, gunzip, bounded, createWriteStream(unpacked), { ...(signal && { signal }) });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!code.startsWith('Z_')) throw error;
    const what = code === 'Z_BUF_ERROR' ? 'ends too early: it was cut off' : 'is damaged';
    throw unreadable({ rule: 'gzip_damaged', message: `Its gzip packing ${what}.` }, error);
  }
  return unpacked;
}

/** Passes bytes on, up to so many: a small file can unpack to anything. */
function meter(bytesMax: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(piece: Buffer, _encoding, done) {
      bytes += piece.length;
      if (bytes <= bytesMax) return done(null, piece);
      done(unpacksTooLarge(bytesMax));
    },
  });
}

/**
 * A text file of any encoding as UTF-8: the file itself where it is, a copy in `folder` otherwise.
 *
 * @throws AppError DATASET_UNREADABLE at a NUL byte or a damaged character, with its line
 */
export async function openText(path: string, folder: string, signal?: AbortSignal): Promise<string> {
  const { bytes } = await readStart(path);
  const { encoding, hasMark } = encodingOf(bytes);
  if (encoding === 'utf-8' && (await isUtf8File(path, hasMark, signal))) return path;
  return transcode(path, join(folder, 'text'), encoding === 'utf-8' ? 'windows-1252' : encoding, signal);
}

/** The same text without a byte order mark, which DuckDB takes for a part of the first line of JSON. */
export async function withoutMark(path: string, folder: string, signal?: AbortSignal): Promise<string> {
  if (!encodingOf((await readStart(path)).bytes).hasMark) return path;
  const unmarked = join(folder, 'unmarked');
  await pipeline(createReadStream(path, { start: 3 }), createWriteStream(unmarked), {
    ...(signal && { signal }),
  });
  return unmarked;
}

async function isUtf8File(path: string, hasMark: boolean, signal?: AbortSignal): Promise<boolean> {
  const check = createUtf8Check({ hasMark });
  for await (const piece of readPieces(path)) {
    signal?.throwIfAborted();
    if (check.take(piece) === 'other') return false;
  }
  return check.end() === 'utf-8';
}

export function readPieces(path: string, highWaterMark = pieceBytes): AsyncIterable<Buffer> {
  return createReadStream(path, { highWaterMark });
}

async function transcode(path: string, to: string, encoding: TextEncoding, signal?: AbortSignal) {
  await pipeline(readPieces(path), (pieces) => decoded(pieces, encoding), createWriteStream(to), {
    ...(signal && { signal }),
  });
  return to;
}

/** @throws AppError DATASET_UNREADABLE at what the encoding has no character for, or a NUL */
async function* decoded(pieces: AsyncIterable<Buffer>, encoding: TextEncoding) {
  const decoder = new TextDecoder(encoding, { fatal: true });
  let line = 1;
  const checked = (text: string) => {
    const zero = text.indexOf('\0');
    if (zero >= 0) throw nulFault(line + text.slice(0, zero).split('\n').length - 1);
    line += text.split('\n').length - 1;
    return text;
  };
  const decode = (piece?: Buffer) => {
    try {
      return piece ? decoder.decode(piece, { stream: true }) : decoder.decode();
    } catch (error) {
      const message = `At or after line ${line} are bytes that are no ${encoding.toUpperCase()} text, as its start is. Save the file as UTF-8.`;
      throw unreadable({ rule: 'wrong_encoding', line, message }, error);
    }
  };
  for await (const piece of pieces) yield checked(decode(piece));
  yield checked(decode());
}

import { buffer } from 'node:stream/consumers';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { AppError } from '../../../errors.ts';
import { shown, unpacksTooLarge, unreadable } from '../unreadable.ts';

export interface ZipLimits {
  readonly entriesMax: number;
  /** Of one entry, unpacked. */
  readonly entryBytesMax: number;
  /** Of all that are read, unpacked. */
  readonly unpackedBytesMax: number;
}

export interface ZipEntry {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What unpacks to more than so many times its size is made to, beyond the first 100 kB. */
const ratioMax = 200;
const ratioBytesMin = 100_000;

/**
 * The files of a ZIP archive, one at a time; folders, hidden files and what macOS and Windows add are left out. What an
 * entry says of its size is believed only as far as it holds.
 *
 * @throws AppError DATASET_UNREADABLE for a damaged archive, a name that leads out of it, a link, or too much of anything
 */
export async function* readZip(
  path: string,
  limits: ZipLimits,
  signal?: AbortSignal,
): AsyncGenerator<ZipEntry> {
  const archive = await unlessDamaged(() =>
    openPromise(path, { strictFileNames: true, validateEntrySizes: true }),
  );
  try {
    yield* filesOf(archive, limits, signal);
  } finally {
    archive.close();
  }
}

async function* filesOf(archive: ZipFile, limits: ZipLimits, signal?: AbortSignal): AsyncGenerator<ZipEntry> {
  if (archive.entryCount > limits.entriesMax) {
    const message = `It has ${archive.entryCount} entries; at most ${limits.entriesMax} are read.`;
    throw unreadable({ rule: 'too_many_entries', message });
  }
  const entries = archive.eachEntry();
  let unpackedBytes = 0;
  for (;;) {
    signal?.throwIfAborted();
    const next = await unlessDamaged(() => entries.next());
    if (next.done) return;
    const entry: Entry = next.value;
    checkKind(entry);
    if (isLeftOut(entry.fileName)) continue;
    unpackedBytes += entry.uncompressedSize;
    checkSize(entry, unpackedBytes, limits);
    yield { name: entry.fileName, bytes: await unpack(archive, entry) };
  }
}

/** yauzl ends it where it has more bytes, or fewer, than it says. */
async function unpack(archive: ZipFile, entry: Entry): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await unlessDamaged(
    async () => buffer(await archive.openReadStreamPromise(entry)),
    entry.fileName,
  );
  return new Uint8Array(bytes);
}

function isLeftOut(name: string): boolean {
  const parts = name.split('/');
  return (
    name.endsWith('/') ||
    parts.some((part) => part.startsWith('.') || part === '__MACOSX') ||
    ['Thumbs.db', 'desktop.ini'].includes(parts.at(-1) ?? '')
  );
}

const unixLink = 0o120_000;
const unixKind = 0o170_000;

function checkKind(entry: Entry): void {
  const { fileName, externalFileAttributes } = entry;
  const fault = (rule: string, what: string) =>
    unreadable({ rule, entry: fileName, message: `Its entry ${shown(fileName, 100)} ${what}` });
  if (fileName === '[Content_Types].xml') {
    const message = 'It is an Excel workbook, or another file of an office program. Save the sheet as CSV.';
    throw unreadable({ rule: 'format_not_supported', message });
  }
  if (((externalFileAttributes >>> 16) & unixKind) === unixLink)
    throw fault('link', 'is a link. Put the file itself there.');
  if (entry.isEncrypted()) throw fault('encrypted', 'is encrypted. Pack it without a password.');
  if (fileName.includes('\0')) throw fault('unsafe_name', 'has a name with a NUL character.');
}

function checkSize(entry: Entry, unpackedBytes: number, limits: ZipLimits): void {
  const { fileName, compressedSize, uncompressedSize } = entry;
  const fault = (rule: string, message: string) => unreadable({ rule, entry: fileName, message });
  const name = shown(fileName, 100);
  if (uncompressedSize > limits.entryBytesMax)
    throw fault(
      'entry_too_large',
      `Its entry ${name} has ${uncompressedSize} bytes; at most ${limits.entryBytesMax} are read.`,
    );
  if (uncompressedSize > ratioBytesMin && uncompressedSize > ratioMax * compressedSize)
    throw fault(
      'unpacks_too_large',
      `Its entry ${name} unpacks to more than ${ratioMax} times its size, as no image does.`,
    );
  if (unpackedBytes > limits.unpackedBytesMax)
    throw unpacksTooLarge(limits.unpackedBytesMax, { entry: fileName });
}

/** Errors of yauzl as ours: it throws plain ones, for what is wrong with the archive. */
async function unlessDamaged<T>(read: () => Promise<T>, entry?: string): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof AppError || !(error instanceof Error) || 'errno' in error) throw error;
    const [, name] =
      /^(?:invalid characters in fileName|absolute path|invalid relative path): (.*)/s.exec(error.message) ??
      [];
    if (name !== undefined) {
      const message = `Its entry ${shown(name, 100)} has a name that leads out of the archive, or has a backslash in it.`;
      throw unreadable({ rule: 'unsafe_name', entry: name, message }, error);
    }
    const where = entry === undefined ? 'The archive' : `Its entry ${shown(entry, 100)}`;
    throw unreadable({ rule: 'damaged', entry, message: `${where} is damaged, or was cut off.` }, error);
  }
}

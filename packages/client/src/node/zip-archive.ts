import { crc32 } from 'node:zlib';

export interface ZipFile {
  /** With slashes between folders. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

interface Written extends Omit<ZipFile, 'bytes'> {
  readonly crc: number;
  readonly sizeBytes: number;
  readonly offsetBytes: number;
}

/** What the plain format can count; more needs ZIP64. */
const filesMax = 0xffff;
const archiveBytesMax = 0xffff_ffff;

/** Names are UTF-8, nothing is packed (images are already), and all times are the first that the format knows. */
const common = { version: 20, flags: 0x0800, method: 0, time: 0, date: 0x21 };

/**
 * A ZIP archive, written as its files come: one of them is held at a time.
 *
 * @throws RangeError for more than 65,535 files or 4 GiB
 * @see APPNOTE.TXT of PKWARE, sections 4.3.7, 4.3.12 and 4.3.16
 */
export async function* writeZip(files: AsyncIterable<ZipFile>): AsyncGenerator<Uint8Array, void> {
  const written: Written[] = [];
  let offsetBytes = 0;
  for await (const { name, bytes } of files) {
    const file = { name, crc: crc32(bytes), sizeBytes: bytes.length, offsetBytes };
    written.push(file);
    const header = toLocalHeader(file);
    offsetBytes += header.length + bytes.length;
    if (written.length > filesMax || offsetBytes > archiveBytesMax)
      throw new RangeError('The folder is too large: more than 65,535 images, or more than 4 GiB.');
    yield header;
    yield bytes;
  }
  const directory = Buffer.concat(written.map(toDirectoryEntry));
  yield directory;
  yield toEnd(written.length, directory.length, offsetBytes);
}

function toLocalHeader(file: Written): Buffer {
  const name = Buffer.from(file.name);
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x0403_4b50, 0);
  writeCommon(header, 4, file, name.length);
  return Buffer.concat([header, name]);
}

function toDirectoryEntry(file: Written): Buffer {
  const name = Buffer.from(file.name);
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x0201_4b50, 0);
  header.writeUInt16LE(common.version, 4);
  writeCommon(header, 6, file, name.length);
  header.writeUInt32LE(file.offsetBytes, 42);
  return Buffer.concat([header, name]);
}

/** The part that both headers of a file have. */
function writeCommon(header: Buffer, at: number, { crc, sizeBytes }: Written, nameBytes: number): void {
  header.writeUInt16LE(common.version, at);
  header.writeUInt16LE(common.flags, at + 2);
  header.writeUInt16LE(common.method, at + 4);
  header.writeUInt16LE(common.time, at + 6);
  header.writeUInt16LE(common.date, at + 8);
  header.writeUInt32LE(crc, at + 10);
  header.writeUInt32LE(sizeBytes, at + 14);
  header.writeUInt32LE(sizeBytes, at + 18);
  header.writeUInt16LE(nameBytes, at + 22);
}

function toEnd(files: number, directoryBytes: number, offsetBytes: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x0605_4b50, 0);
  end.writeUInt16LE(files, 8);
  end.writeUInt16LE(files, 10);
  end.writeUInt32LE(directoryBytes, 12);
  end.writeUInt32LE(offsetBytes, 16);
  return end;
}

import { crc32, deflateRawSync } from 'node:zlib';

export interface Packed {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** What the archive says instead of the truth. */
  readonly saidBytes?: number;
  /** Unix mode, e.g. of a link. */
  readonly mode?: number;
  readonly isEncrypted?: boolean;
  /** Its bytes do not get smaller: packing is not tried. */
  readonly isSlow?: boolean;
}

/**
 * A ZIP archive of any entries, also of those that no program would pack.
 * @see APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16
 */
export function zip(entries: readonly Packed[]): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const [local, central] = pack(entry, offset);
    locals.push(local);
    centrals.push(central);
    offset += local.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

function pack(
  { name, bytes, saidBytes, mode = 0o100_644, isEncrypted, isSlow }: Packed,
  offset: number,
): [Buffer, Buffer] {
  const data = deflateRawSync(bytes, { level: isSlow ? 0 : 6 });
  const encoded = Buffer.from(name);
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(0x800 | (isEncrypted ? 1 : 0), 2);
  common.writeUInt16LE(8, 4);
  common.writeUInt32LE(crc32(bytes), 10);
  common.writeUInt32LE(data.length, 14);
  common.writeUInt32LE(saidBytes ?? bytes.length, 18);
  common.writeUInt16LE(encoded.length, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, encoded, data]);
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE((mode << 16) >>> 0, 6);
  rest.writeUInt32LE(offset, 10);
  const madeBy = Buffer.from([20, 3]);
  return [local, Buffer.concat([Buffer.from('PK\x01\x02'), madeBy, common, rest, encoded])];
}

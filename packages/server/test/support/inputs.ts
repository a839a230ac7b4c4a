import { crc32, deflateSync } from 'node:zlib';

/** The bird of the README: a Gentoo. */
export const gentoo = {
  island: 'Biscoe',
  culmenLengthMm: 49.8,
  culmenDepthMm: 15.9,
  flipperLengthMm: 229,
  bodyMassG: 5950,
  sex: 'male',
} as const;

/** A white 280 x 280 PNG with one thick black stroke: a "1". */
export function drawOne(): Uint8Array<ArrayBuffer> {
  const size = 280;
  const rows = Buffer.alloc((size + 1) * size, 255);
  for (let y = 0; y < size; y++) {
    rows[y * (size + 1)] = 0;
    if (y < 50 || y > 230) continue;
    for (let x = 128; x < 152; x++) rows[y * (size + 1) + 1 + x] = 0;
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 0, 0, 0, 0], 8);
  const signature = Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  return Uint8Array.from(
    Buffer.concat([
      signature,
      chunk('IHDR', header),
      chunk('IDAT', deflateSync(rows)),
      chunk('IEND', Buffer.alloc(0)),
    ]),
  );
}

/** One chunk of a PNG file: length, type, data, CRC-32 of type and data. */
function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

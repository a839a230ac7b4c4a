import { randomBytes } from 'node:crypto';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBench } from './support/table-bench.ts';
import { type Packed, zip } from './support/zip.ts';

let bench: Awaited<ReturnType<typeof openBench>>;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

const picture = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#336699' } });
const png = () => picture(7, 5).png().toBuffer();

/** Says that it has so many pixels, and has none. */
function claimingPng(width: number, height: number): Buffer {
  const bytes = Buffer.alloc(33);
  bytes.write('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1');
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes;
}

describe('a ZIP of images', () => {
  test('has a row for each, hidden files and folders left out', async () => {
    const images: Packed[] = [
      { name: 'cats/', bytes: Buffer.alloc(0) },
      { name: 'cats/1.png', bytes: await png() },
      { name: 'cats/2.jpg', bytes: await picture(8, 6).jpeg().toBuffer() },
      { name: '__MACOSX/cats/._1.png', bytes: Buffer.from('x') },
      { name: '.DS_Store', bytes: Buffer.from('x') },
      { name: 'dogs/ä 3.webp', bytes: await picture(9, 7).webp().toBuffer() },
      { name: 'dogs/4.gif', bytes: await picture(3, 4).gif().toBuffer() },
    ];
    const table = await bench.importBytes(zip(images), 'pets.zip');
    expect(table).toMatchObject({ rows: 4, format: 'images' });
    expect(table.preview[0]).toMatchObject({
      file: 'cats/1.png',
      image: { sizeBytes: images[1]?.bytes.length },
    });
    await using opened = await bench.tables.open(table.parquet.sha256);
    const rows = await opened.readRange({ offset: 0, limit: 9, hasImageBytes: true });
    expect(rows).toMatchObject([
      { file: 'cats/1.png', width: 7, height: 5, mediaType: 'image/png', sizeBytes: images[1]?.bytes.length },
      { file: 'cats/2.jpg', width: 8, height: 6, mediaType: 'image/jpeg' },
      { file: 'dogs/ä 3.webp', width: 9, height: 7, mediaType: 'image/webp' },
      { file: 'dogs/4.gif', width: 3, height: 4, mediaType: 'image/gif' },
    ]);
    expect(rows[0]?.['image']).toEqual(Uint8Array.from(images[1]?.bytes ?? []));
  });

  test('of many large ones is read with little memory', async () => {
    await using small = await openBench({ memoryMb: 128 });
    const start = await png();
    const large = Array.from({ length: 60 }, (_, i) => ({
      name: `${i}.png`,
      bytes: Buffer.concat([start, randomBytes(2_000_000)]),
      isSlow: true,
    }));
    const table = await small.importBytes(zip(large), 'large.zip');
    expect(table.rows).toBe(60);
    await using opened = await small.tables.open(table.parquet.sha256);
    const [last] = await opened.readRange({ offset: 59, limit: 1, hasImageBytes: true });
    expect(Buffer.compare(Buffer.from(last?.['image'] as Uint8Array), large[59]?.bytes as Buffer)).toBe(0);
  });

  test.each<[string, Packed, string, string]>([
    [
      'a name that climbs out',
      { name: '../evil.png', bytes: Buffer.from('x') },
      'unsafe_name',
      '"../evil.png"',
    ],
    [
      'an absolute name',
      { name: '/etc/evil.png', bytes: Buffer.from('x') },
      'unsafe_name',
      '"/etc/evil.png"',
    ],
    ['a name of a drive', { name: 'C:/evil.png', bytes: Buffer.from('x') }, 'unsafe_name', 'leads out'],
    ['a backslash', { name: '..\\evil.png', bytes: Buffer.from('x') }, 'unsafe_name', 'backslash'],
    ['a link', { name: 'a.png', bytes: Buffer.from('/etc/passwd'), mode: 0o120_777 }, 'link', 'is a link'],
    [
      'an encrypted entry',
      { name: 'a.png', bytes: Buffer.from('x'), isEncrypted: true },
      'encrypted',
      'password',
    ],
    [
      'what is no image',
      { name: 'a.png', bytes: Buffer.from('<svg/>') },
      'not_an_image',
      '"a.png" is no PNG',
    ],
    [
      'a table',
      { name: 'rows.csv', bytes: Buffer.from('a,b\n1,2') },
      'not_an_image',
      'send a table as it is',
    ],
    ['a bomb', { name: 'a.png', bytes: Buffer.alloc(30_000_000) }, 'unpacks_too_large', '200 times'],
    [
      'a huge entry',
      { name: 'a.png', bytes: randomBytes(34_000_000), isSlow: true },
      'entry_too_large',
      '34000000 bytes',
    ],
    [
      'an entry larger than it says',
      { name: 'a.png', bytes: Buffer.alloc(50_000), saidBytes: 10 },
      'damaged',
      '"a.png" is damaged',
    ],
    [
      'an entry smaller than it says',
      { name: 'a.png', bytes: Buffer.alloc(50), saidBytes: 9999 },
      'damaged',
      'is damaged',
    ],
    [
      'too many pixels',
      { name: 'a.png', bytes: claimingPng(100_000, 100_000) },
      'too_many_pixels',
      '100000 × 100000',
    ],
    [
      'an Excel workbook',
      { name: '[Content_Types].xml', bytes: Buffer.from('<x/>') },
      'format_not_supported',
      'Save the sheet as CSV',
    ],
  ])('refuses %s', async (_name, entry, rule, message) => {
    const importing = bench.importBytes(
      zip([{ name: 'good.png', bytes: await png() }, entry]),
      'pictures.zip',
    );
    const error = await importing.then(
      () => expect.unreachable(),
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code: 'DATASET_UNREADABLE', issues: [{ rule }] });
    expect(error).toHaveProperty('message', expect.stringContaining(message));
  });

  test('refuses an archive that is cut off, and one without images', async () => {
    const whole = zip([{ name: 'a.png', bytes: await png() }]);
    await expect(bench.importBytes(whole.subarray(0, -30), 'a.zip')).rejects.toThrow('is damaged');
    await expect(bench.importBytes(zip([]), 'a.zip')).rejects.toThrow('has no images');
  });

  test('refuses what unpacks to more than is allowed altogether', async () => {
    await using narrow = await openBench({ unpackedBytesMax: 3_000_000 });
    const images = ['a', 'b'].map((name) => ({
      name: `${name}.png`,
      bytes: Buffer.concat([claimingPng(1, 1), randomBytes(2_000_000)]),
    }));
    await expect(narrow.importBytes(zip(images), 'a.zip')).rejects.toThrow('more than 3000000 bytes');
  });
});

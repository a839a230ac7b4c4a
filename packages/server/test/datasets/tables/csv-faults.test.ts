import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AppError } from '../../../src/errors.ts';
import { openBench } from './support/table-bench.ts';

let bench: Awaited<ReturnType<typeof openBench>>;
beforeAll(async () => {
  bench = await openBench({ unpackedBytesMax: 5_000_000 });
});
afterAll(() => bench[Symbol.asyncDispose]());

async function refusalOf(bytes: string | Uint8Array, name = 'rows.csv'): Promise<AppError> {
  const thrown = await bench.importBytes(bytes, name).then(
    () => expect.unreachable(),
    (error: unknown) => error,
  );
  if (!(thrown instanceof AppError)) throw thrown;
  expect(thrown.code).toBe('DATASET_UNREADABLE');
  expect(thrown.message).not.toContain(bench.folder);
  return thrown;
}

const many = '1,2\n'.repeat(20_000);
const wideHeader = (count: number) => Array.from({ length: count }, (_, i) => `c${i}`).join(',');

describe('a CSV file that is broken is refused with the place and the cause', () => {
  test.each<[string, string | Buffer, (string | number)[], string, string]>([
    [
      'a row that is too short',
      'a,b,c\n1,2,3\n4,5\n',
      ['line', 3],
      'too_few_values',
      'Line 3 has 2 values, where the header (line 1) has 3.',
    ],
    ['a row that is too long', 'a,b\n1,2\n3,4,5\n', ['line', 3], 'too_many_values', 'Line 3 has 3 values'],
    [
      'a short row far down',
      `a,b\n${many}x\n${many}`,
      ['line', 20_002],
      'too_few_values',
      'Line 20002 has 1 value,',
    ],
    [
      'a short row after texts of several lines',
      'a,b\n"x\ny\nz",2\n3\n',
      ['line', 5],
      'too_few_values',
      'Line 5 has 1 value',
    ],
    [
      'a quote that is not closed',
      'a,b\n1,2\n3,"4\n5,6\n',
      ['line', 3, 'column', 'b'],
      'quote_not_closed',
      'In line 3, column "b", a quote opens',
    ],
    [
      'text after a quote',
      'a,b\n1,"2"3\n',
      ['line', 2, 'column', 'b'],
      'text_after_quote',
      'text follows a closing quote',
    ],
    ['a NUL byte', 'a,b\n1,2\n3,\0\n', ['line', 3], 'nul_byte', 'Line 3 has a NUL byte'],
    [
      'bytes that are no UTF-8 in a file that was',
      Buffer.concat([Buffer.from('a,b\nä,1\n'), Buffer.from([0xff]), Buffer.from(',2\n')]),
      ['line', 3],
      'wrong_encoding',
      'Line 3 has bytes that are no UTF-8',
    ],
    [
      'an odd byte in UTF-16',
      Buffer.concat([Buffer.from('\ufeffa,b\n1,2\n', 'utf16le'), Buffer.from([0x41])]),
      ['line', 3],
      'wrong_encoding',
      'no UTF-16LE text',
    ],
    [
      'duplicate columns',
      'a,b,a,b,c\n1,2,3,4,5\n',
      ['line', 1, 'column', 'a'],
      'duplicate_column',
      'The columns 1 and 3 are all called "a"',
    ],
    [
      'a name that sets the prototype',
      'a,__proto__\n1,2\n',
      ['line', 1, 'column', 2],
      'name_not_allowed',
      '"__proto__"',
    ],
    [
      'a name that is too long',
      `a,${'x'.repeat(257)}\n1,2\n`,
      ['line', 1, 'column', 2],
      'name_too_long',
      'is longer than 256 characters',
    ],
    [
      '5,001 columns',
      `${wideHeader(5001)}\n${'1,'.repeat(5000)}1\n`,
      ['line', 1],
      'too_many_columns',
      'It has 5001 columns; at most 5000',
    ],
    ['an empty file', '', [], 'empty', 'It is empty.'],
    ['a file of blank lines', '\n\n\n', [], 'no_rows', 'It has no rows'],
    ['a hint for Excel', 'sep=;\na;b\n1;2\n', ['line', 1], 'separator_line', 'Remove that line'],
    ['such a hint in a file of commas', 'sep=,\r\na,b\r\n1,2\r\n', ['line', 1], 'separator_line', 'Excel'],
    ['a header alone', 'a,b\n', [], 'no_rows', 'nothing follows the header'],
    [
      'a row of 9 MiB',
      `a,b\n1,${'x'.repeat(9 * 1024 * 1024)}\n`,
      ['line', 2],
      'line_too_long',
      'Line 2 is longer than 8388608 bytes',
    ],
  ])('%s', async (_name, bytes, path, rule, message) => {
    const error = await refusalOf(bytes);
    expect(error.issues?.[0]).toMatchObject({ path, rule });
    expect(error.message).toContain(message);
  });

  test('all the faults of a file are told, up to some', async () => {
    const { issues } = await refusalOf(`a,b\n${'1\n'.repeat(50)}`);
    expect(issues).toHaveLength(10);
    expect(issues?.[9]).toMatchObject({ path: ['line', 11] });
  });

  test('what packs others: a bomb, a damaged one, one that is cut off', async () => {
    expect(gzipSync(Buffer.alloc(50_000_000)).length).toBeLessThan(100_000);
    const bomb = await refusalOf(gzipSync(`a,b\n${'1,2\n'.repeat(2_000_000)}`), 'rows.csv.gz');
    expect(bomb.message).toContain('Unpacked it has more than 5000000 bytes');
    const packed = gzipSync(`a,b\n${many}`);
    expect((await refusalOf(packed.subarray(0, -20), 'rows.csv.gz')).message).toContain('was cut off');
    const damaged = Buffer.from(packed);
    damaged.fill(0xff, 20, 60);
    expect((await refusalOf(damaged, 'rows.csv.gz')).message).toContain('is damaged');
  });

  test('leaves nothing behind, and the next file is read', async () => {
    await refusalOf('a,b\n1\n');
    expect(await bench.importBytes('a,b\n1,2\n', 'rows.csv')).toMatchObject({ rows: 1 });
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError } from '../errors.ts';
import { toFeeds } from './check-inputs.ts';
import { toRawRequest } from './raw-request.ts';
import { parseRequest, readHeaderLength, splitBody } from './request.ts';

const refusal = expect.objectContaining({ code: 'INPUT_INVALID' });

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('the length of the JSON in a body', () => {
  test.each(['-1', '1.5', '0x10', '', ' 1', '1e3', '10, 10', '9'.repeat(30)])('%j is refused', (value) => {
    expect(() => readHeaderLength(value)).toThrow(refusal);
  });

  test('cuts the body in two, and may not be more than all of it', () => {
    const body = Buffer.from('{}binary');
    expect(splitBody(body, 2)).toEqual({ head: Buffer.from('{}'), binary: Buffer.from('binary') });
    expect(() => splitBody(body, 9)).toThrow(refusal);
  });
});

describe('a request', () => {
  test('says null where it says nothing, and has parameters of its client’s own', () => {
    const request = { id: null, parameters: null, inputs: [], outputs: null, model_name: 'x' };
    expect(parseRequest(request)).toEqual(request);
    expect(parseRequest({ inputs: [], parameters: { content_type: 'np' } })).toBeDefined();
  });

  test.each([
    [{ inputs: [], outputs: [{ name: 'y', parameters: { classification: 3 } }] }, 'classification'],
    [
      { inputs: [{ name: 'x', shape: [1], datatype: 'FP32', parameters: { shared_memory_region: 'a' } }] },
      'shared memory',
    ],
  ])('that asks for an extension which is not offered is refused: %j', (request, name) => {
    expect(() => parseRequest(request)).toThrow(new RegExp(`${name} extension, which is not offered`));
  });

  test.each([
    ['inputs', { inputs: Array.from({ length: 1_000_000 }, () => ({})) }],
    ['outputs', { inputs: [], outputs: Array.from({ length: 1_000_000 }, () => ({})) }],
    ['inputs[0].shape', { inputs: [{ name: 'x', datatype: 'FP32', shape: new Array(1_000_000).fill(-1) }] }],
  ])('with a million %s is not looked into: what is wrong with each would fill the memory', (path, json) => {
    const error = thrownBy(() => parseRequest(json));
    expect(error).toMatchObject({ code: 'INPUT_INVALID', issues: [{ rule: 'too_big' }] });
    expect(error).toHaveProperty(
      'message',
      expect.stringContaining(`The input is not valid. ${path}: Too big`),
    );
  });

  test('is read or refused, whatever it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        try {
          parseRequest(json);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
    );
  });
});

describe('a body of nothing but bytes', () => {
  const image = { name: 'image', dtype: 'float32', dims: [null, 1, 2, 2] } as const;

  test('is one row of the only input', () => {
    expect(toRawRequest(16, [image])).toMatchObject({
      parameters: { binary_data_output: true },
      inputs: [
        { name: 'image', shape: [1, 1, 2, 2], datatype: 'FP32', parameters: { binary_data_size: 16 } },
      ],
    });
    const words = { name: 'words', dtype: 'int64', dims: [null, null, 2] } as const;
    expect(toRawRequest(48, [words]).inputs[0]?.shape).toEqual([1, 3, 2]);
  });

  test.each([
    ['two inputs', [image, image]],
    ['texts', [{ name: 'text', dtype: 'string', dims: [null, 1] }]],
    ['two free axes', [{ name: 'x', dtype: 'uint8', dims: [null, null, null] }]],
  ] as const)('is refused where it could be anything: %s', (_what, specs) => {
    expect(() => toRawRequest(4, specs)).toThrow(refusal);
  });
});

test('an axis of any length may be as long as its model says, and no longer', () => {
  const spec = { name: 'tokens', dtype: 'uint8', dims: [null, null], axisMax: 4 } as const;
  const feed = (length: number) => {
    const data = new Array<number>(length).fill(1);
    return toFeeds(
      { inputs: [{ name: 'tokens', datatype: 'UINT8', shape: [1, length], data }] },
      new Uint8Array(),
      [spec],
    );
  };
  expect(feed(4)).toMatchObject({ rows: 1, inputs: { tokens: { dims: [1, 4] } } });
  expect(() => feed(5)).toThrow(/inputs\[0\]\.shape: must have no axis longer than 4/);
});

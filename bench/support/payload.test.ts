import * as servedContracts from '@oriel/models';
import type { AnyContract } from '@oriel/schemas';
import { UploadedMedia } from '@oriel/schemas';
import { describe, expect, test } from 'vitest';
import * as benchContracts from '../models/registry.ts';
import { bodyOf, forTrpc, jsonPayload } from './payload.ts';
import { payloadOf } from './payloads.ts';

const contracts: readonly AnyContract[] = [
  ...Object.values(servedContracts),
  ...Object.values(benchContracts),
];

describe('bodyOf', () => {
  const payload = jsonPayload('{"a":1.####,"b":1.####}');

  test('puts the digits of the number in both places', () => {
    expect(bodyOf(payload, 12_345_678).toString()).toBe('{"a":1.1234,"b":1.5678}');
    expect(bodyOf(payload, 7).toString()).toBe('{"a":1.0000,"b":1.0007}');
  });

  test('starts again when the digits are used up', () => {
    expect(bodyOf(payload, 100_000_007)).toEqual(bodyOf(payload, 7));
  });

  test('is wrapped for tRPC', () => {
    expect(JSON.parse(bodyOf(forTrpc(payload), 7).toString())).toEqual({ json: { a: 1, b: 1.0007 } });
  });
});

describe.each(contracts)('the payload of $id', ({ id, media, input }) => {
  test('is what its contract accepts, and never twice the same', async () => {
    const payload = await payloadOf(id);
    const wires = [1, 99_999_999].map((number) => {
      const body = bodyOf(payload, number);
      const wire: unknown = media ? { [media.field]: new UploadedMedia(body) } : JSON.parse(body.toString());
      return input.parse(wire);
    });
    expect(wires[0]).not.toEqual(wires[1]);
  });
});

import { expect, test } from 'vitest';
import { createUuidV7 } from './uuid-v7.ts';

test('ids are UUIDs of version 7, unique, and sort in the order they were made', () => {
  const ids = Array.from({ length: 20_000 }, createUuidV7);
  expect(ids.every((id) => /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/.test(id))).toBe(
    true,
  );
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.toSorted()).toEqual(ids);
});

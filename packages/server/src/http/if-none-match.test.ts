import { describe, expect, test } from 'vitest';
import { isKnown, readIfNoneMatch } from './if-none-match.ts';

describe('If-None-Match', () => {
  test.each([
    ['one tag', '"7"'],
    ['a weak tag', 'W/"7"'],
    ['a list', '"5", "7"'],
    ['a list of weak and strong tags', 'W/"5",W/"7" , "x"'],
    ['a list with empty places', ', "7",, "9",'],
    ['tags with commas in them', '"a,b", "7"'],
    ['any', ' * '],
  ])('has the tag 7: %s', (_name, header) => {
    expect(isKnown(readIfNoneMatch(header), '"7"')).toBe(true);
  });

  test.each([
    ['none', undefined],
    ['an empty one', ''],
    ['another tag', '"8"'],
    ['a list of others', '"5", W/"6"'],
    ['a tag that has it with others in it', '"5,7"'],
    ['no quotes', '7'],
    ['quotes that stay open', '"5", "7'],
    ['a star among tags', '*, "5"'],
  ])('does not have it: %s', (_name, header) => {
    expect(isKnown(readIfNoneMatch(header), '"7"')).toBe(false);
  });
});

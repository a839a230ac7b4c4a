import { describe, expect, test } from 'vitest';
import { KnownShare } from './known-share.ts';

describe('the share of inputs that are known', () => {
  test('begins at nothing, and is worth a look from the first that is known', () => {
    const share = new KnownShare();
    expect(share.isWorthLooking).toBe(false);
    share.note(true);
    expect(share.isWorthLooking).toBe(true);
  });

  test('holds while one in twenty is known', () => {
    const share = new KnownShare();
    for (let number = 0; number < 1000; number += 1) share.note(number % 20 === 0);
    expect(share.isWorthLooking).toBe(true);
  });

  test('is forgotten after some hundred that were not known, however many were before', () => {
    const share = new KnownShare();
    for (let number = 0; number < 1000; number += 1) share.note(true);
    for (let number = 0; number < 300; number += 1) share.note(false);
    expect(share.isWorthLooking).toBe(false);
  });
});

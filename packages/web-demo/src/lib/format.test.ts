import { describe, expect, test } from 'vitest';
import { formatBytes, formatDate, formatMs, formatProbability, formatTime, formatValue } from './format.ts';

test('formatMs keeps as many digits as one can compare', () => {
  expect([0.44, 12.4, 1234].map(formatMs)).toEqual(['0.4 ms', '12 ms', '1.2 s']);
});

describe('formatProbability', () => {
  test('says percent', () => {
    expect([0, 0.5, 0.973, 1].map(formatProbability)).toEqual(['0.0 %', '50.0 %', '97.3 %', '100.0 %']);
  });

  test('never rounds to a certainty the model did not state', () => {
    expect([0.0001, 0.9999].map(formatProbability)).toEqual(['< 0.1 %', '> 99.9 %']);
  });
});

test('formatBytes changes its unit with the size', () => {
  expect([12, 4096, 5_242_880].map(formatBytes)).toEqual(['12 bytes', '4.1 kB', '5.2 MB']);
});

test('formatTime adds the date to what was not today', () => {
  const now = new Date(2026, 4, 2, 12, 0, 0);
  expect(formatTime(new Date(2026, 4, 2, 9, 5, 7).toISOString(), now)).toBe('09:05:07');
  expect(formatTime(new Date(2026, 4, 1, 9, 5, 7).toISOString(), now)).toContain(', 09:05:07');
});

test('formatValue keeps to one short line', () => {
  expect(formatValue({ a: 1 })).toBe('{"a":1}');
  expect(formatValue('x'.repeat(99), 10)).toBe(`${'x'.repeat(9)}…`);
  expect(formatValue(undefined)).toBe('');
});

test('formatDate has the year', () => {
  expect(formatDate(new Date(2026, 4, 2, 12).toISOString())).toMatch(/2026/);
});

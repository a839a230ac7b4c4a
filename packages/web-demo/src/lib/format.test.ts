import { describe, expect, test } from 'vitest';
import {
  formatBytes,
  formatCountOf,
  formatDate,
  formatMs,
  formatNumber,
  formatProbability,
  formatSeconds,
  formatTime,
  formatValue,
} from './format.ts';

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
  expect([12, 4096, 5_242_880, 1_073_741_824].map(formatBytes)).toEqual([
    '12 bytes',
    '4.1 kB',
    '5.2 MB',
    '1.07 GB',
  ]);
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

test('formatCountOf marks thousands and minds the plural', () => {
  expect([0, 1, 1_234_567].map((count) => formatCountOf(count, 'row'))).toEqual([
    '0 rows',
    '1 row',
    '1,234,567 rows',
  ]);
});

test('formatSeconds changes its unit with the length', () => {
  expect([0.2, 42.4, 200, 7510].map(formatSeconds)).toEqual([
    'less than a second',
    '42 s',
    '3 min 20 s',
    '2 h 5 min',
  ]);
  expect(formatSeconds(59.7)).toBe('1 min 0 s');
});

test('formatNumber keeps what one can compare', () => {
  expect([1234, 39.271234, 0, -0.5, 0.00000012, 1.5e12].map(formatNumber)).toEqual([
    '1,234',
    '39.271',
    '0',
    '-0.5',
    '1.20e-7',
    '1,500,000,000,000',
  ]);
  expect(formatNumber(1.5e12 + 0.5)).toBe('1.50e+12');
});

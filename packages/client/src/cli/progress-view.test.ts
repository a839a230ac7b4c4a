import { Writable } from 'node:stream';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createProgressView } from './progress-view.ts';
import { durationInWords, safeText, sizeInWords, toTable } from './words.ts';

function openView({ isTTY }: { isTTY: boolean }) {
  let text = '';
  const stderr = new Writable({
    write(chunk: Buffer, _encoding, callback) {
      text += chunk.toString();
      callback();
    },
  });
  return {
    view: createProgressView({ stderr: Object.assign(stderr, { isTTY, columns: 60 }) }),
    text: () => text,
  };
}

const half = { label: 'Predicting', done: 500, total: 1000, perSecond: 250, secondsLeft: 2 };

describe('a terminal', () => {
  test('has a bar that is drawn over itself, no wider than the terminal', () => {
    // as early as a process can be
    vi.spyOn(performance, 'now').mockReturnValue(1);
    onTestFinished(() => void vi.restoreAllMocks());
    const { view, text } = openView({ isTTY: true });
    view.show(half);
    expect(text()).toBe('\r\u001B[2K[############------------] Predicting 500 of 1,000 (50 %), ');
  });

  test('is not drawn on for every step, but shows the last one', () => {
    const { view, text } = openView({ isTTY: true });
    for (let done = 0; done <= 1000; done++) view.show({ ...half, done });
    view.end();
    const drawings = text().split('\r').slice(1);
    expect(drawings.length).toBeLessThan(20);
    expect(drawings.at(-1)).toContain(`[${'#'.repeat(24)}] Predicting 1,000 of 1,000`);
  });

  test('gets a line of its own for each label', () => {
    const { view, text } = openView({ isTTY: true });
    view.show({ label: 'Uploading', done: 1, total: null });
    view.show(half);
    view.end();
    expect(text().split('\n')).toHaveLength(3);
  });
});

describe('a log', () => {
  test('has a line for the end of each label, and no control characters', () => {
    const { view, text } = openView({ isTTY: false });
    for (let done = 0; done <= 1000; done++) view.show({ ...half, done });
    view.show({ label: 'Reading', done: 1, total: null });
    view.end();
    view.end();
    expect(text()).toBe('Predicting 1,000 of 1,000 (100 %), 250/s, 2.0 s left\nReading 1\n');
  });
});

describe('words', () => {
  test.each([
    [0, '0 bytes'],
    [999, '999 bytes'],
    [1500, '1.5 kB'],
    [2_000_000_000, '2.0 GB'],
  ])('%i bytes are %s', (bytes, text) => expect(sizeInWords(bytes)).toBe(text));

  test.each([
    [1.26, '1.3 s'],
    [59.6, '1 min 0 s'],
    [125, '2 min 5 s'],
    [12_000, '3 h 20 min'],
  ])('%d seconds are %s', (seconds, text) => expect(durationInWords(seconds)).toBe(text));

  test('what a server sent moves no cursor', () => {
    expect(safeText('a\u001B[31mb\r\nc\u009B2J')).toBe('a [31mb c 2J');
  });

  test('a table has columns', () => {
    expect(
      toTable([
        ['a', 'b'],
        ['long', 'c'],
      ]),
    ).toBe('a     b\nlong  c');
  });
});

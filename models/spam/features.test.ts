import { describe, expect, test } from 'vitest';
import { bucketCount, bucketOf, featuresOf } from './features.ts';

const body = 'Please send the report to the whole team';

describe('the features of a mail', () => {
  test('are words, pairs of words, and looks', () => {
    const names = [...featuresOf({ subject: 'Free money', body }).keys()];
    expect(names).toEqual(
      expect.arrayContaining(['report', 'the report', 'subject: free money', 'look: pictures 0']),
    );
  });

  test('join no words across a sentence', () => {
    expect(featuresOf({ body: 'It is done. Money comes.' }).has('done money')).toBe(false);
  });

  test('weigh the words of a short mail less in sum than those of a long one', () => {
    const sumOf = (text: string) =>
      [...featuresOf({ body: text })]
        .filter(([name]) => !name.startsWith('look'))
        .reduce((sum, [, value]) => sum + value ** 2, 0);
    const long = Array.from(
      { length: 300 },
      (_, i) => `word${String.fromCharCode(97 + (i % 26), 97 + Math.floor(i / 26))}`,
    ).join(' ');
    expect(sumOf('Thank you')).toBeLessThan(0.3);
    expect(sumOf(long)).toBeGreaterThan(0.9);
    expect(sumOf(long)).toBeLessThanOrEqual(1.0001);
  });

  test('take the subject from pasted headers where none is given', () => {
    const pasted = featuresOf({ body: `From: a@example.com\nSubject: Free money\n\n${body}` });
    expect(pasted).toEqual(featuresOf({ subject: 'Free money', body }));
    expect(
      featuresOf({ subject: 'Other', body: `From: a@example.com\nSubject: Free money\n\n${body}` }).has(
        'subject: other',
      ),
    ).toBe(true);
  });

  test('tell shouting', () => {
    const names = [...featuresOf({ subject: 'WIN NOW TODAY!!', body: 'BUY BUY BUY!!! NOW!!!' }).keys()];
    expect(names).toEqual(
      expect.arrayContaining([
        'look: capitals in subject 2',
        'look: capitals in text 3',
        'look: exclamation marks in text 2',
      ]),
    );
  });
});

describe('buckets', () => {
  test('lie within the table and are spread evenly', () => {
    const counts = new Uint32Array(16);
    for (let i = 0; i < 16_000; i++) {
      const bucket = bucketOf(`word ${i}`);
      expect(bucket).toBeGreaterThanOrEqual(0);
      expect(bucket).toBeLessThan(bucketCount);
      counts[bucket % 16] = (counts[bucket % 16] ?? 0) + 1;
    }
    expect(Math.min(...counts)).toBeGreaterThan(850);
    expect(Math.max(...counts)).toBeLessThan(1150);
  });
});

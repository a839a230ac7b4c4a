import { describe, expect, test } from 'vitest';
import { createSets, firstCopyOf } from './near-copies.ts';
import { createRandom } from './random.ts';
import { stratifiedFolds, stratifiedSplit } from './split.ts';

const rows = Array.from({ length: 100 }, (_, id) => ({ id, kind: id < 20 ? 'rare' : 'common' }));

describe('a stratified split', () => {
  test('holds every row once and the same share of each class', () => {
    const { train, heldOut } = stratifiedSplit(rows, 5, ({ kind }) => kind, createRandom(1));
    expect(heldOut.filter(({ kind }) => kind === 'rare')).toHaveLength(4);
    expect(heldOut).toHaveLength(20);
    expect([...train, ...heldOut].map(({ id }) => id).toSorted((a, b) => a - b)).toEqual(
      rows.map(({ id }) => id),
    );
  });

  test('is the same for the same seed only', () => {
    const folds = (seed: number) => stratifiedFolds(rows, 5, ({ kind }) => kind, createRandom(seed));
    expect(folds(1)).toEqual(folds(1));
    expect(folds(1)).not.toEqual(folds(2));
  });
});

describe('near-copies', () => {
  const words = (text: string) => text.split(' ');
  const letter = Array.from({ length: 80 }, (_, i) => `word${(i * 37) % 61}`).join(' ');

  test('are found though a few words differ, and only they', () => {
    const texts = [
      letter,
      'something else entirely with words of its own',
      `dear bob ${letter} 4711`,
      letter.replace('word37', 'x'),
    ];
    expect(firstCopyOf(texts.map(words))).toEqual([0, 1, 0, 0]);
  });

  test('empty texts are copies of each other', () => {
    expect(firstCopyOf([[], ['one', 'two', 'three'], []])).toEqual([0, 1, 0]);
  });

  test('sets that are joined have one name, their smallest member', () => {
    const sets = createSets(5);
    sets.join(3, 4);
    sets.join(1, 4);
    expect([0, 1, 2, 3, 4].map(sets.find)).toEqual([0, 1, 2, 1, 1]);
  });
});

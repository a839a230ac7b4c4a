import { expect, test } from 'vitest';
import { shrinkToSquare } from './shrink.ts';

/** A picture whose pixels have the same value in all colours. */
function pictureOf(rows: readonly (readonly number[])[]) {
  const pixels = Uint8Array.from(rows.flat().flatMap((value) => [value, value, value]));
  return { pixels, width: rows[0]?.length ?? 0, height: rows.length };
}

const redOf = (square: Uint8Array) => [...square].filter((_, index) => index % 3 === 0);

test('takes the middle of a wide picture, and the mean of what lies together', () => {
  const picture = pictureOf([
    [9, 0, 10, 20, 30, 9],
    [9, 0, 10, 20, 30, 9],
    [9, 40, 50, 60, 70, 9],
    [9, 40, 50, 60, 70, 9],
  ]);
  expect(redOf(shrinkToSquare(picture, 2))).toEqual([5, 25, 45, 65]);
});

test('a picture of the wanted size stays as it is', () => {
  const picture = pictureOf([
    [1, 2],
    [3, 4],
  ]);
  expect(shrinkToSquare(picture, 2)).toEqual(picture.pixels);
});

test('a smaller one is repeated', () => {
  const picture = pictureOf([
    [1, 2],
    [3, 4],
  ]);
  expect(redOf(shrinkToSquare(picture, 4))).toEqual([1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4]);
});

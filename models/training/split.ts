import type { Random } from './random.ts';

/** Rows to learn from and rows to judge by. */
export interface Split<T> {
  readonly train: T[];
  readonly heldOut: T[];
}

/**
 * Deals rows into `count` parts that each hold the same share of every class.
 *
 * @param classOf - the row's class; rows of one class are spread evenly over the parts
 */
export function stratifiedFolds<T>(
  rows: readonly T[],
  count: number,
  classOf: (row: T) => string,
  random: Random,
): T[][] {
  const folds = Array.from({ length: count }, (): T[] => []);
  let turn = 0;
  const classes = Map.groupBy(rows, classOf);
  for (const name of [...classes.keys()].toSorted()) {
    for (const row of random.shuffled(classes.get(name) ?? [])) folds[turn++ % count]?.push(row);
  }
  return folds;
}

/** The first of `count` stratified parts is held out, the others are to learn from. */
export function stratifiedSplit<T>(
  rows: readonly T[],
  count: number,
  classOf: (row: T) => string,
  random: Random,
): Split<T> {
  const [heldOut = [], ...rest] = stratifiedFolds(rows, count, classOf, random);
  return { train: rest.flat(), heldOut };
}

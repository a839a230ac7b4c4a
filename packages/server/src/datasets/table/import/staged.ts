import type { Reading } from './readings.ts';

/** A column whose texts are in a file that can be read several times, column by column. */
export interface StagedColumn {
  readonly name: string;
  /** SQL of what there is, as it is. */
  readonly plain: string;
  /** SQL of the text that a value is read from; null where there is no value. */
  readonly text: string;
  /** The same where the reading is known, which reads words for no value as none: plainer, and far quicker to plan. */
  readonly known: string;
  /** In the order in which they are preferred; the last fits everything. */
  readonly candidates: readonly Reading[];
}

/** Rows on the way into a table: found to be sound, with types still to be found. */
export interface Staged {
  /** The Parquet file that they are in. */
  readonly path: string;
  /** SQL to read them from. */
  readonly source: string;
  readonly columns: readonly StagedColumn[];
}

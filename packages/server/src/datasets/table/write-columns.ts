import { constants, zstdCompressSync } from 'node:zlib';
import type { Column, ColumnType } from '@oriel/schemas';
import type { SchemaElement, Statistics } from 'hyparquet';
import { type ColumnSource, fileWriter, ParquetWriter } from 'hyparquet-writer';
import { tableMetadata, usualGroupRows } from './parquet-file.ts';
import { metadataKey, storedName } from './stored-columns.ts';
import type { RawRow } from './table.ts';
import { wrongValue } from './write-rows.ts';

type Cell = RawRow[string];

/** A column whose values are JSON's own. */
export interface PlainColumn extends Column {
  readonly type: Extract<ColumnType, 'boolean' | 'integer' | 'number' | 'text' | 'json'>;
}

interface Options {
  /** The file to write, which is not there yet. */
  readonly path: string;
  readonly columns: readonly PlainColumn[];
  /** Rows of each group. Left out: as in every table's file. */
  readonly groupRows?: number | undefined;
}

/** The value of a row, in the column of this index; null for a column in which no row has any. */
export type CellOf = (column: number) => ((row: number) => Cell) | null;

export interface ColumnsToWrite {
  append(count: number, cellOf: CellOf): void;
  finish(): void;
}

/** A group is held until it is written: it ends early where there are so many cells, or its texts come to so many characters. */
const groupCellsMax = 4_000_000;
const groupCharsMax = 8 * 1024 * 1024;

/**
 * Writes a table's file from values that are in this thread's hands, group by group, as they come: to hand them to DuckDB,
 * which keeps them in a table of its own until it writes it, takes twice as long. Blocks the thread that it is called on.
 */
export function openColumnsToWrite({ path, columns, groupRows }: Options): ColumnsToWrite {
  const rowsMax = Math.min(
    groupRows ?? usualGroupRows(columns.length),
    Math.max(1, Math.floor(groupCellsMax / columns.length)),
  );
  const writer = new ParquetWriter({
    writer: fileWriter(path),
    schema: schemaOf(columns),
    codec: 'ZSTD',
    compressors: { ZSTD: packed },
    kvMetadata: [{ key: metadataKey, value: tableMetadata(columns) }],
  });
  const values = columns.map((column, index) => ({
    name: storedName(index),
    list: listOf(column, rowsMax),
  }));
  let rows = 0;

  return {
    append(count, cellOf) {
      for (let start = 0; start < count; ) {
        const end = Math.min(count, start + rowsMax - rows);
        for (const [index, { list }] of values.entries()) list.add(rows, cellOf(index), start, end);
        rows += end - start;
        start = end;
        if (rows === rowsMax || charsHeld() >= groupCharsMax) writeGroup();
      }
    },
    finish() {
      if (rows > 0) writeGroup();
      void writer.finish();
    },
  };

  function charsHeld(): number {
    return values.reduce((sum, { list }) => sum + list.chars, 0);
  }

  function writeGroup(): void {
    const taken = values.map(({ name, list }) => ({ name, ...list.take(rows) }));
    const columnData = taken.map(
      ({ bounds, ...source }): ColumnSource => ({ ...source, statistics: bounds === undefined }),
    );
    void writer.write({ columnData, rowGroupSize: rows, pageSize: 0 });
    // what is known of them already, the package would look for again, by a way that suits values of every kind
    for (const [index, { meta_data: about }] of writer.row_groups.at(-1)?.columns.entries() ?? [])
      if (about && taken[index]?.bounds) about.statistics = taken[index].bounds;
    rows = 0;
  }
}

type ValueAt = ReturnType<CellOf>;

/** The values of one column in the group that is filled. */
interface ColumnList {
  /** How long its texts are, together. */
  readonly chars: number;
  /** Puts values of the rows from `start` to before `end` at the place `at`. */
  add(at: number, valueAt: ValueAt, start: number, end: number): void;
  /** The first so many places, until the next is added; those that nothing was put at are null. It is empty then. */
  take(rows: number): TakenColumn;
}

interface TakenColumn extends Pick<ColumnSource, 'data' | 'encoding'> {
  /** Left out where they are not known yet. */
  readonly bounds?: Statistics;
}

function listOf({ name, type }: PlainColumn, rowsMax: number): ColumnList {
  return type === 'number' ? new NumberList(name, rowsMax) : new ValueList(name, rowsMax, converters[type]);
}

/** Numbers as they lie in the file, where none is missing: without an object for each. */
class NumberList implements ColumnList {
  readonly chars = 0;
  readonly #name: string;
  readonly #items: Float64Array;
  #nulls: number[] = [];
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;

  constructor(name: string, rowsMax: number) {
    this.#name = name;
    this.#items = new Float64Array(rowsMax);
  }

  add(at: number, valueAt: ValueAt, start: number, end: number): void {
    for (let row = start, place = at; row < end; row += 1, place += 1) {
      const value = valueAt?.(row) ?? null;
      // JSON has none that is not finite
      if (typeof value !== 'number' || !Number.isFinite(value)) this.#addNull(place, value);
      else {
        this.#items[place] = value;
        if (value < this.#min) this.#min = value;
        if (value > this.#max) this.#max = value;
      }
    }
  }

  #addNull(place: number, value: Cell): void {
    if (value !== null && typeof value !== 'number') throw wrongValue(this.#name, 'number', value);
    this.#nulls.push(place);
  }

  take(rows: number) {
    const items = this.#items.subarray(0, rows);
    const bounds = this.#takeBounds(rows);
    // what a model says is hardly ever the same number twice
    const encoding = 'PLAIN' as const;
    if (this.#nulls.length === 0) return { data: items, encoding, bounds };
    const data: (number | null)[] = [...items];
    for (const place of this.#nulls) data[place] = null;
    this.#nulls = [];
    return { data, encoding, bounds };
  }

  #takeBounds(rows: number): Statistics {
    const nulls = this.#nulls.length;
    const [min, max] = [this.#min, this.#max];
    this.#min = Number.POSITIVE_INFINITY;
    this.#max = Number.NEGATIVE_INFINITY;
    if (nulls === rows) return { null_count: BigInt(nulls) };
    // of a zero, Parquet does not tell which it is: readers are to expect both
    return { null_count: BigInt(nulls), min_value: min === 0 ? -0 : min, max_value: max === 0 ? 0 : max };
  }
}

class ValueList implements ColumnList {
  readonly #name: string;
  readonly #toStored: Converter;
  /** One for all groups: a list that grows to this length moves about, and each of the larger ones is memory to be had anew. */
  readonly #items: unknown[];
  #state: 'empty' | 'filled' | 'taken' = 'empty';
  chars = 0;

  constructor(name: string, rowsMax: number, toStored: Converter) {
    this.#name = name;
    this.#toStored = toStored;
    this.#items = Array(rowsMax).fill(null);
  }

  add(at: number, valueAt: ValueAt, start: number, end: number): void {
    if (this.#state === 'taken') this.#clear();
    if (!valueAt) return;
    this.#state = 'filled';
    for (let row = start, place = at; row < end; row += 1, place += 1) {
      const value = valueAt(row);
      if (value === null) continue;
      const stored = this.#toStored(value, this.#name);
      if (typeof stored === 'string') this.chars += stored.length;
      this.#items[place] = stored;
    }
  }

  #clear(): void {
    this.#items.fill(null);
    this.#state = 'empty';
  }

  take(rows: number) {
    const data = rows < this.#items.length ? this.#items.slice(0, rows) : this.#items;
    this.chars = 0;
    if (this.#state !== 'filled') return { data, bounds: { null_count: BigInt(rows) } };
    this.#state = 'taken';
    return { data };
  }
}

type Converter = (value: Exclude<Cell, null>, name: string) => unknown;

const converters: Readonly<Record<Exclude<PlainColumn['type'], 'number'>, Converter>> = {
  boolean(value, name) {
    if (typeof value === 'boolean') return value;
    throw wrongValue(name, 'boolean', value);
  },
  integer(value, name) {
    if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
    throw wrongValue(name, 'integer', value);
  },
  text(value, name) {
    if (typeof value === 'string') return value;
    throw wrongValue(name, 'text', value);
  },
  json: (value) => JSON.stringify(value),
};

/** As DuckDB writes the same columns: files of both are read together. */
function schemaOf(columns: readonly PlainColumn[]): SchemaElement[] {
  return [
    { name: 'root', num_children: columns.length },
    ...columns.map(
      ({ type }, index): SchemaElement => ({
        name: storedName(index),
        repetition_type: 'OPTIONAL',
        ...physicalTypes[type],
      }),
    ),
  ];
}

const utf8 = { type: 'BYTE_ARRAY', converted_type: 'UTF8' } as const;
const physicalTypes = {
  boolean: { type: 'BOOLEAN' },
  integer: { type: 'INT64', converted_type: 'INT_64' },
  number: { type: 'DOUBLE' },
  text: utf8,
  json: utf8,
} as const;

/** As DuckDB packs our files: a higher level takes longer for little. */
const zstdOptions = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

function packed(bytes: Uint8Array): Uint8Array {
  return zstdCompressSync(bytes, zstdOptions);
}

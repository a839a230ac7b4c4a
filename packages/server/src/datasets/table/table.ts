import type { Readable } from 'node:stream';
import type {
  Column,
  ColumnProfile,
  DatasetFormat,
  ExportFormat,
  ListRowsInput,
  Row,
  RowFilter,
} from '@oriel/schemas';
import type { Blob } from '../../storage/blob-storage.ts';
import type { Splice } from './splice-parquet.ts';

/** Rows in a Parquet file, which is a blob. */
export interface ImportedTable {
  readonly parquet: Blob;
  /** What an imported file was found to be. */
  readonly format?: DatasetFormat;
  readonly rows: number;
  readonly columns: readonly Column[];
  /** Of the first columns: all of an imported table, those that were known before of a joined one. See {@link Tables.profile}. */
  readonly profile: readonly ColumnProfile[];
  /** The first rows; images only by their size. */
  readonly preview: readonly Row[];
}

export interface ImportOptions {
  /** Found out from the name and the first bytes when left out. */
  readonly format?: DatasetFormat;
  /** What the file was called. */
  readonly name: string;
  readonly signal?: AbortSignal;
}

export interface Selection {
  readonly columns?: readonly string[] | undefined;
  readonly filter?: RowFilter | undefined;
  readonly sort?: ListRowsInput['sort'];
}

/** Rows by their place in the file. */
export interface RowRange {
  readonly offset: number;
  readonly limit: number;
  /** Left out: all. */
  readonly columns?: readonly string[];
  /** Images as bytes (Uint8Array) rather than base64: what a pipeline is to read. Default false. */
  readonly hasImageBytes?: boolean;
}

/** A row with the bytes of its images. */
export type RawRow = Record<string, Row[string] | Uint8Array>;

/** A table that can be read; closed when it goes out of `await using`. */
export interface Table extends AsyncDisposable {
  /** Its file, in the folder that {@link Tables.writeWith} tells. */
  readonly path: string;
  readonly columns: readonly Column[];
  readonly rows: number;
  /** Rows in the order of the file. Fast, and the same rows for the same range each time: jobs go on by it. */
  readRange(range: RowRange): Promise<RawRow[]>;
  /** How many rows each group of the file has. */
  readGroups(): Promise<number[]>;
  /** The same rows, as many at a time as can be held in memory: how large they are, the size of a packed file does not tell. */
  readPieces(range: RowRange): AsyncIterable<RawRow[]>;
  /** A page. @throws AppError INPUT_INVALID when the selection does not fit the columns, or the cursor is none of ours */
  listRows(page: Selection & { readonly limit: number; readonly cursor?: string | undefined }): Promise<{
    columns: Column[];
    rows: Row[];
    nextCursor: string | null;
  }>;
  /** All selected rows as a file, with backpressure and flat memory. @throws AppError INPUT_INVALID */
  export(selection: Selection & { readonly format: ExportFormat }, signal?: AbortSignal): Promise<Readable>;
}

/** Puts tables' files together on another thread. @returns null where it did not, since that takes reading them */
export type SpliceElsewhere = (splice: Splice) => Promise<Blob | null>;

export interface PlaceToWrite {
  /** The one that a database of one's own may use. */
  readonly folder: string;
  /** A free name in it. */
  readonly path: string;
}

export interface Written {
  /** What was written; null for nothing. */
  readonly blob: Blob | null;
}

export interface JoinBase {
  readonly parquetSha256: string;
  /** Of its first columns, as far as it is known. */
  readonly profile?: readonly ColumnProfile[] | undefined;
}

export interface ProfileOptions {
  /** Of its first columns, which are not looked at again. */
  readonly known: readonly ColumnProfile[];
  readonly signal?: AbortSignal | undefined;
}

/** Reads, writes and joins tables. DuckDB does the work, in threads of its own, with no access to the outside. */
export interface Tables {
  /**
   * Reads a blob as a table: finds out its columns, writes it as Parquet, profiles it.
   *
   * @throws AppError DATASET_UNREADABLE, with the place and the cause
   */
  import(source: Blob, options: ImportOptions): Promise<ImportedTable>;
  /** @throws AppError NOT_FOUND */
  open(parquetSha256: string): Promise<Table>;
  /** Writes rows as Parquet. */
  write(columns: readonly Column[], rows: readonly RawRow[]): Promise<Blob>;
  /**
   * Takes a table's file that `write` makes, with a database of its own.
   *
   * @returns what `write` says
   */
  writeWith<T extends Written>(write: (place: PlaceToWrite) => Promise<T>): Promise<T>;
  /**
   * Parquet files of equal columns one after another, as one table; each beside the rows of `base` at the same places when
   * there is one: the columns of `base` come first. What is known of its values is all that is known of the table's then.
   *
   * @param splice - for many rows: files that fit together are copied rather than read and written
   */
  join(parts: readonly string[], base?: JoinBase, splice?: SpliceElsewhere): Promise<ImportedTable>;
  /**
   * What there is to know of the values of each column.
   *
   * @throws AppError NOT_FOUND, TABLE_MEMORY_EXCEEDED, STORAGE_UNAVAILABLE
   */
  profile(parquetSha256: string, options: ProfileOptions): Promise<readonly ColumnProfile[]>;
  close(): Promise<void>;
}

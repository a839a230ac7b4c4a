import type { Column, ColumnMapping } from '@oriel/schemas';
import type { HelloReply, HelloTask, ThreadData, VersionFile } from '../../engine/worker/protocol.ts';

/** What the main thread and a scoring thread say to each other. All of it survives a structured clone. */

export interface ScoringThreadData extends ThreadData {
  /** Memory that a thread's DuckDB may take, in MiB. */
  readonly tableMemoryMb: number;
}

export type ScoringTask = HelloTask | ChunkTask;

/** Rows of a table that are to be scored, and where the results go. */
export interface ChunkTask {
  readonly kind: 'chunk';
  readonly file: VersionFile;
  /** The one folder that DuckDB may use. */
  readonly folder: string;
  /** The table's file, in that folder. */
  readonly path: string;
  readonly columns: readonly Column[];
  readonly mapping: ColumnMapping;
  readonly offset: number;
  readonly limit: number;
  /** The file to write, in that folder. */
  readonly to: string;
}

export interface ChunkReply {
  readonly rows: number;
  readonly rowsFailed: number;
  /** Of the model: validation, preprocess, run, postprocess and the check of the outputs. */
  readonly computeMs: number;
}

export type ScoringReply = HelloReply | ChunkReply;

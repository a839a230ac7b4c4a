import type { Column, ColumnMapping } from '@oriel/schemas';
import type { Splice } from '../../datasets/table/splice-parquet.ts';
import type { Written } from '../../datasets/table/table.ts';
import type { HelloReply, HelloTask, ThreadData, VersionFile } from '../../engine/worker/protocol.ts';
import type { ChunkRange } from './chunk-ranges.ts';

/** What the main thread and a chunk thread say to each other. All of it survives a structured clone. */

export interface ChunkThreadData extends ThreadData {
  /** Memory that a thread's DuckDB may take, in MiB. */
  readonly tableMemoryMb: number;
}

export type ChunkThreadTask = HelloTask | ChunkTask;
export type ChunkTask = ScoreTask | CheckTask | SpliceTask;

/** Rows of a table, and where what comes of them goes. */
export interface ChunkOfRows extends ChunkRange {
  /** The one folder that DuckDB may use. */
  readonly folder: string;
  /** The table's file, in that folder. */
  readonly path: string;
  readonly columns: readonly Column[];
  readonly mapping: ColumnMapping;
  /** The file to write, in that folder. */
  readonly to: string;
}

/** Predicts each row, and writes what came out. */
export interface ScoreTask extends ChunkOfRows {
  readonly kind: 'score';
  readonly file: VersionFile;
}

export interface ScoreReply extends Written {
  readonly rows: number;
  readonly rowsFailed: number;
  /** Of the model: validation, preprocess, run, postprocess and the check of the outputs. */
  readonly computeMs: number;
}

/** Holds each row against the contract of a model, and writes what it says against some. */
export interface CheckTask extends ChunkOfRows {
  readonly kind: 'check';
  readonly model: string;
}

export interface CheckReply extends Written {
  readonly rows: number;
  /** Of none, nothing is written. */
  readonly rowsFailed: number;
}

/** Puts what became of the chunks together, where that can be done without reading it. */
export interface SpliceTask extends Splice {
  readonly kind: 'splice';
}

export type SpliceReply = Written;

export type ReplyTo<Task> = Task extends CheckTask
  ? CheckReply
  : Task extends SpliceTask
    ? SpliceReply
    : ScoreReply;
export type ChunkThreadReply = HelloReply | ScoreReply | CheckReply | SpliceReply;

import type { DuckDBDataChunk } from '@duckdb/node-api';
import { type MappedField, mappedFields } from '../../datasets/map-row.ts';
import type { Database } from '../../datasets/table/database.ts';
import { tableSql, writeParquet } from '../../datasets/table/parquet-file.ts';
import { sentColumns } from '../../datasets/table/read-rows.ts';
import { cellReader } from '../../datasets/table/read-vectors.ts';
import { type PlacedColumn, placed } from '../../datasets/table/stored-columns.ts';
import { openRowsToWrite } from '../../datasets/table/write-rows.ts';
import { rowFailed } from '../../engine/engine-errors.ts';
import type { LoadedVersion } from '../../engine/worker/run-batch.ts';
import { predictRows } from '../../engine/worker/run-slice.ts';
import { outputColumnsOf } from '../output-columns.ts';
import type { ChunkReply, ChunkTask } from './protocol.ts';

export type { ChunkReply } from './protocol.ts';

/**
 * Scores some rows of a table on this thread alone, from the file that they are in to the file of their results: what lies
 * between never leaves it, and costs the event loop nothing.
 */
export async function scoreChunk(
  version: LoadedVersion,
  database: Database,
  { columns, mapping, path, offset, limit, to }: ChunkTask,
): Promise<ChunkReply> {
  const { contract } = version;
  const fields = mappedFields(contract, columns, mapping);
  const names = new Set(fields.map(({ column }) => column));
  const picked = placed(columns).filter(({ name }) => names.has(name));
  const outputs = outputColumnsOf(contract);
  const told = { rows: 0, rowsFailed: 0, computeMs: 0 };
  await database.withConnection(async (connection) => {
    const results = await openRowsToWrite(connection, outputs.columns);
    const read = await connection.run(
      `SELECT ${sentColumns(picked)} FROM ${tableSql(path)}
        WHERE file_row_number >= ${offset} AND file_row_number < ${offset + limit}`,
    );
    for (let chunk = await read.fetchChunk(); chunk?.rowCount; chunk = await read.fetchChunk()) {
      for (const inputs of toInputs(chunk, picked, fields)) {
        const startedAt = performance.now();
        const { outputs: answered, failures } = await predictRows(version, inputs);
        told.computeMs += performance.now() - startedAt;
        told.rows += inputs.length;
        told.rowsFailed += failures.length;
        const failed = new Map(failures.map((failure) => [failure.index, rowFailed(contract.id, failure)]));
        results.append(inputs.length, outputs.cellsOf(inPlace(inputs.length, answered, failed), failed));
      }
    }
    const select = results.finish();
    await writeParquet(connection, { select, columns: outputs.columns, path: to, isPart: true });
  });
  return told;
}

/** Few enough that what is made of them is gone before the collection of garbage would have to move it. */
const rowsAtOnce = 256;

/** Rows as inputs of the model, straight from memory. */
function* toInputs(
  chunk: DuckDBDataChunk,
  columns: readonly PlacedColumn[],
  fields: readonly MappedField[],
): Generator<readonly Record<string, unknown>[], void> {
  const cells = columns.map((column, index) => cellReader(chunk, index, column, { hasImageBytes: false }));
  const sources = fields.map(({ name, column, read }) => {
    const cellOf = cells[columns.findIndex((one) => one.name === column)];
    return { name, valueAt: (row: number) => read(cellOf?.(row) ?? null) };
  });
  const { rowCount } = chunk;
  for (let start = 0; start < rowCount; start += rowsAtOnce) {
    const inputs: Record<string, unknown>[] = [];
    const end = Math.min(rowCount, start + rowsAtOnce);
    for (let row = start; row < end; row += 1) inputs.push(toInput(row));
    yield inputs;
  }

  function toInput(row: number): Record<string, unknown> {
    const input: Record<string, unknown> = {};
    for (const { name, valueAt } of sources) {
      const value = valueAt(row);
      if (value !== undefined) input[name] = value;
    }
    return input;
  }
}

/** Outputs at the places of their inputs; those that failed have none. */
function inPlace(
  count: number,
  answered: readonly unknown[],
  failed: ReadonlyMap<number, unknown>,
): readonly unknown[] {
  if (failed.size === 0) return answered;
  let next = 0;
  return Array.from({ length: count }, (_, row) => (failed.has(row) ? undefined : answered[next++]));
}

import type { Database } from '../../datasets/table/database.ts';
import { openColumnsToWrite } from '../../datasets/table/write-columns.ts';
import { rowFailed } from '../../engine/engine-errors.ts';
import type { LoadedVersion } from '../../engine/worker/run-batch.ts';
import { predictRows } from '../../engine/worker/run-slice.ts';
import { hashFileSync } from '../../storage/spool.ts';
import { outputColumnsOf } from '../output-columns.ts';
import { mappedRows } from './mapped-rows.ts';
import type { ScoreReply, ScoreTask } from './protocol.ts';

/**
 * Scores some rows of a table on this thread alone, from the file that they are in to the file of their results: what lies
 * between never leaves it, and costs the event loop nothing.
 */
export async function scoreChunk(
  version: LoadedVersion,
  database: Database,
  { to, groupRows, ...from }: ScoreTask,
): Promise<ScoreReply> {
  const { contract } = version;
  const outputs = outputColumnsOf(contract);
  const told = { rows: 0, rowsFailed: 0, computeMs: 0 };
  const results = openColumnsToWrite({ path: to, columns: outputs.columns, groupRows });
  for await (const inputs of mappedRows(contract, database, from)) {
    const startedAt = performance.now();
    const { outputs: answered, failures } = await predictRows(version, inputs);
    told.computeMs += performance.now() - startedAt;
    told.rows += inputs.length;
    told.rowsFailed += failures.length;
    const failed = new Map(failures.map((failure) => [failure.index, rowFailed(contract.id, failure)]));
    results.append(inputs.length, outputs.cellsOf(inPlace(inputs.length, answered, failed), failed));
  }
  results.finish();
  return { ...told, blob: hashFileSync(to) };
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

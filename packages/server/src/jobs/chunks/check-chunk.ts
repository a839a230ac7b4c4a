import { type AnyContract, quickParse } from '@oriel/schemas';
import { reportColumns, toReportRows } from '../../datasets/check-report.ts';
import type { Database } from '../../datasets/table/database.ts';
import { writeParquet } from '../../datasets/table/parquet-file.ts';
import type { RawRow } from '../../datasets/table/table.ts';
import { appendRows } from '../../datasets/table/write-rows.ts';
import { hashFileSync } from '../../storage/spool.ts';
import { mappedRows } from './mapped-rows.ts';
import type { CheckReply, CheckTask } from './protocol.ts';

/** Holds some rows of a table against a contract, on this thread alone; where it refuses one, it writes down why. */
export async function checkChunk(
  contract: AnyContract,
  database: Database,
  { to, ...from }: CheckTask,
): Promise<CheckReply> {
  const faults: RawRow[] = [];
  const told = { rows: 0, rowsFailed: 0 };
  for await (const inputs of mappedRows(contract, database, from))
    for (const input of inputs) {
      told.rows += 1;
      const parsed = quickParse(contract.input, input);
      if (parsed.success) continue;
      told.rowsFailed += 1;
      faults.push(...toReportRows(from.offset + told.rows, input, parsed.error));
    }
  if (faults.length === 0) return { ...told, blob: null };
  await database.withConnection(async (connection) => {
    const select = await appendRows(connection, reportColumns, faults);
    await writeParquet(connection, { select, columns: reportColumns, path: to });
  });
  return { ...told, blob: hashFileSync(to) };
}

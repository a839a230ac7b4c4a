import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Column } from '@oriel/schemas';
import { describeParquet, describeParquets, tableSql, writeParquet } from './parquet-file.ts';
import { literal, pathsLiteral } from './sql.ts';
import { storedName } from './stored-columns.ts';

interface Join {
  readonly parts: readonly string[];
  readonly base?: string | undefined;
  /** Empty, for what is made on the way. */
  readonly folder: string;
}

interface Described {
  readonly columns: readonly Column[];
  readonly rows: number;
}

/** Writes the rows of `parts`, one after another, beside those of `base`; all are paths of tables' files. */
export async function joinParts(connection: DuckDBConnection, { parts, base, folder }: Join) {
  const together = checkEqual(await describeParquets(connection, parts));
  const path = join(folder, 'joined.parquet');
  if (base === undefined) {
    const { columns } = together;
    const select = `FROM read_parquet(${pathsLiteral(parts)})`;
    return { path, columns, rows: await writeParquet(connection, { select, columns, path }) };
  }
  const beside = await describeParquet(connection, base);
  if (beside.rows !== together.rows)
    throw new Error(`the parts have ${together.rows} rows, the table beside them has ${beside.rows}`);
  const columns = [...beside.columns, ...renamed(together.columns, beside.columns)];
  const rowBytes = (await stat(base)).size / Math.max(1, beside.rows);
  const whole = { base, parts, columns, width: beside.columns.length };
  const select =
    rowBytes > largeRowBytes ? await sliced() : besideSql(whole, `read_parquet(${pathsLiteral(parts)})`);
  return { path, columns, rows: await writeParquet(connection, { select, columns, path, rowBytes }) };

  /** DuckDB puts two tables beside each other some thousand rows at a time: of images, that is more than memory has. */
  async function sliced(): Promise<string> {
    const added = join(folder, 'added.parquet');
    const from = `FROM read_parquet(${pathsLiteral(parts)})`;
    await writeParquet(connection, { select: from, columns: together.columns, path: added });
    const sliceRows = Math.max(1, Math.floor(sliceBytes / rowBytes));
    const slices: string[] = [];
    for (let start = 0; start < beside.rows; start += sliceRows) {
      const range = `WHERE file_row_number >= ${start} AND file_row_number < ${start + sliceRows}`;
      const slice = join(folder, `slice-${slices.length}`);
      const rows = {
        base: `(FROM ${tableSql(base ?? '')} ${range})`,
        added: `(FROM ${tableSql(added)} ${range})`,
      };
      const select = besideSql(whole, rows.added, rows.base);
      await writeParquet(connection, { select, columns, path: slice, rowBytes });
      slices.push(slice);
    }
    return `FROM read_parquet(${pathsLiteral(slices)})`;
  }
}

const largeRowBytes = 4096;
const sliceBytes = 8 * 1024 * 1024;

interface Whole {
  readonly base: string;
  readonly columns: readonly Column[];
  /** How many of the columns are of the base. */
  readonly width: number;
}

function besideSql(
  { base, columns, width }: Whole,
  added: string,
  left = `read_parquet(${literal(base)})`,
): string {
  const values = columns.map((_column, index) => {
    const source = index < width ? `base.${storedName(index)}` : `added.${storedName(index - width)}`;
    return `${source} AS ${storedName(index)}`;
  });
  return `SELECT ${values.join(', ')} FROM ${left} AS base POSITIONAL JOIN ${added} AS added`;
}

/** What a model says of a column often has that column's name. */
function renamed(added: readonly Column[], beside: readonly Column[]): Column[] {
  const taken = new Set(beside.map(({ name }) => name));
  return added.map(({ name, type }) => {
    let free = name;
    for (let n = 1; taken.has(free); n += 1) free = n === 1 ? `predicted_${name}` : `predicted_${name}_${n}`;
    taken.add(free);
    return { name: free, type };
  });
}

function checkEqual(parts: readonly Described[]): Described {
  const [first] = parts;
  if (!first) throw new Error('nothing to join');
  const shape = JSON.stringify(first.columns);
  if (parts.some(({ columns }) => JSON.stringify(columns) !== shape))
    throw new Error('the parts to join have different columns');
  return { columns: first.columns, rows: parts.reduce((sum, { rows }) => sum + rows, 0) };
}

import { join as joinPath } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Column } from '@oriel/schemas';
import type { Blob } from '../../storage/blob-storage.ts';
import { describeParquet, describeParquets, rowBytesOf, tableSql, writeParquet } from './parquet-file.ts';
import { literal, pathsLiteral } from './sql.ts';
import { storedName } from './stored-columns.ts';
import type { SpliceElsewhere } from './table.ts';

interface Described {
  readonly columns: readonly Column[];
  readonly rows: number;
}

/** Tables' files one after another, and the one whose rows stand beside theirs; all by their paths. */
export interface Join extends Described {
  readonly parts: readonly string[];
  readonly added: Described;
  readonly base: (Described & { readonly path: string }) | null;
}

/** Looks at what is to be joined. @throws Error when it does not fit together */
export async function describeJoin(
  connection: DuckDBConnection,
  { parts, base }: { readonly parts: readonly string[]; readonly base?: string | undefined },
): Promise<Join> {
  const added = checkEqual(await describeParquets(connection, parts));
  if (base === undefined) return { ...added, parts, added, base: null };
  const beside = await describeParquet(connection, base);
  if (beside.rows !== added.rows)
    throw new Error(`the parts have ${added.rows} rows, the table beside them has ${beside.rows}`);
  const columns = [...beside.columns, ...renamed(added.columns, beside.columns)];
  return { columns, rows: added.rows, parts, added, base: { ...beside, path: base } };
}

/** Fewer rows are read and written in the time that another thread may take to begin. */
const splicedRowsMin = 100_000;

/** The joined file, where it can be made without reading the values; null where not. */
export async function spliced(
  { parts, columns, rows, base }: Join,
  folder: string,
  splice?: SpliceElsewhere,
): Promise<{ readonly path: string; readonly blob: Blob } | null> {
  if (!splice || rows < splicedRowsMin) return null;
  const path = joinPath(folder, 'spliced.parquet');
  const blob = await splice({ base: base?.path ?? null, parts, columns, to: path });
  return blob && { path, blob };
}

/** Writes the rows of the parts, one after another, beside those of the base. @param folder - empty, for what is made on the way */
export async function writeJoin(connection: DuckDBConnection, join: Join, folder: string): Promise<string> {
  const { parts, columns, added, base } = join;
  const path = joinPath(folder, 'joined.parquet');
  const partsSql = `read_parquet(${pathsLiteral(parts)})`;
  if (base === null) {
    await writeParquet(connection, { select: `FROM ${partsSql}`, columns, path });
    return path;
  }
  const rowBytes = await rowBytesOf(connection, [base.path]);
  const whole = { columns, width: base.columns.length };
  const select =
    rowBytes > largeRowBytes
      ? await sliced(base)
      : besideSql(whole, { left: `read_parquet(${literal(base.path)})`, right: partsSql });
  await writeParquet(connection, { select, columns, path, rowBytes });
  return path;

  /** DuckDB puts two tables beside each other some thousand rows at a time: of images, that is more than memory has. */
  async function sliced({ path: basePath, rows }: NonNullable<Join['base']>): Promise<string> {
    const addedPath = joinPath(folder, 'added.parquet');
    await writeParquet(connection, { select: `FROM ${partsSql}`, columns: added.columns, path: addedPath });
    const sliceRows = Math.max(1, Math.floor(sliceBytes / rowBytes));
    const slices: string[] = [];
    for (let start = 0; start < rows; start += sliceRows) {
      const range = `WHERE file_row_number >= ${start} AND file_row_number < ${start + sliceRows}`;
      const slice = joinPath(folder, `slice-${slices.length}`);
      const sides = {
        left: `(FROM ${tableSql(basePath)} ${range})`,
        right: `(FROM ${tableSql(addedPath)} ${range})`,
      };
      await writeParquet(connection, { select: besideSql(whole, sides), columns, path: slice, rowBytes });
      slices.push(slice);
    }
    return `FROM read_parquet(${pathsLiteral(slices)})`;
  }
}

const largeRowBytes = 4096;
const sliceBytes = 8 * 1024 * 1024;

interface Whole {
  readonly columns: readonly Column[];
  /** How many of the columns are of the base. */
  readonly width: number;
}

function besideSql(
  { columns, width }: Whole,
  { left, right }: { readonly left: string; readonly right: string },
): string {
  const values = columns.map((_column, index) => {
    const source = index < width ? `base.${storedName(index)}` : `added.${storedName(index - width)}`;
    return `${source} AS ${storedName(index)}`;
  });
  return `SELECT ${values.join(', ')} FROM ${left} AS base POSITIONAL JOIN ${right} AS added`;
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

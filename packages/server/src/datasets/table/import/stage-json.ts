import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { columnsMax, type DatasetFormat } from '@oriel/schemas';
import { AppError } from '../../../errors.ts';
import { query } from '../database.ts';
import { WideTable } from '../databases.ts';
import { usualGroupRows } from '../parquet-file.ts';
import { literal } from '../sql.ts';
import { storedName } from '../stored-columns.ts';
import { shown, unreadable } from '../unreadable.ts';
import { checkColumnCount, columnNames } from './column-names.ts';
import type { ImportLimits } from './import-file.ts';
import { jsonColumns } from './json-columns.ts';
import { createJsonDepthScan } from './json-depth-scan.ts';
import { findJsonFault } from './json-faults.ts';
import { readPieces, readStart } from './open-text.ts';
import type { Staged } from './staged.ts';

export interface Json {
  readonly connection: DuckDBConnection;
  /** UTF-8. */
  readonly path: string;
  readonly folder: string;
  readonly format: DatasetFormat;
  readonly limits: Pick<ImportLimits, 'jsonDepthMax'>;
  /** @see WideTable */
  readonly columnsMax: number;
  readonly signal?: AbortSignal | undefined;
}

/** As DuckDB calls them: a list of objects, one on each line, or one after another however they are laid out. */
export type JsonLayout = 'array' | 'newline_delimited' | 'unstructured';

const objectBytesMax = 16 * 1024 * 1024;
const pieceBytes = 64 * 1024;

/**
 * Reads JSON as the texts of the values of each member. Columns are the members that any of the objects has, in the order
 * in which they first appear.
 *
 * @throws AppError DATASET_UNREADABLE with the line of what is wrong
 */
export async function stageJson(json: Json): Promise<Staged> {
  await checkDepth(json);
  const layout = await findLayout(json);
  try {
    return await stage(json, layout);
  } catch (error) {
    json.signal?.throwIfAborted();
    if (error instanceof AppError || error instanceof WideTable) throw error;
    const message = error instanceof Error ? error.message : '';
    if (!/JSON|maximum_object_size/.test(message)) throw error;
    throw unreadable(await findJsonFault({ ...json, layout, refusal: message, objectBytesMax }), error);
  }
}

async function checkDepth({ path, limits, signal }: Json): Promise<void> {
  const take = createJsonDepthScan(limits.jsonDepthMax);
  for await (const piece of readPieces(path, pieceBytes)) {
    signal?.throwIfAborted();
    take(piece);
  }
}

/** What is called JSON may be a list, or objects; of a single object, its lines may be too short to be one each. */
async function findLayout({ path, format }: Json): Promise<JsonLayout> {
  const { bytes } = await readStart(path);
  const text = bytes
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .trimStart();
  if (text.startsWith('[') && !(format === 'ndjson' && isJson(firstLine(text)))) return 'array';
  return format === 'ndjson' || isJson(firstLine(text)) ? 'newline_delimited' : 'unstructured';
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

async function stage(json: Json, layout: JsonLayout): Promise<Staged> {
  const { connection, folder, path } = json;
  const objects = `read_json_objects(${literal(path)}, format = '${layout}', maximum_object_size = ${objectBytesMax})`;
  const rows = await checkObjects(connection, objects);
  const members = await findMembers(connection, objects);
  const names = columnNames(members);
  if (names.length > json.columnsMax) throw new WideTable(names.length);
  const structure = JSON.stringify(Object.fromEntries(members.map((name) => [name, 'JSON'])));
  // by place: names may differ in case only, which SQL would take for one
  const values = members.map((_name, index) => {
    const value = `CAST(struct_extract_at(s, ${index + 1}) AS VARCHAR)`;
    return `CASE WHEN ${value} <> 'null' THEN ${value} END AS ${storedName(index)}`;
  });
  const to = join(folder, 'staged.parquet');
  await connection.run(
    `COPY (SELECT ${values.join(', ')} FROM (SELECT json_transform(json, ${literal(structure)}) AS s FROM ${objects}))
     TO ${literal(to)} (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE ${usualGroupRows(names.length, (await stat(path)).size / rows)})`,
  );
  const source = `read_parquet(${literal(to)}, file_row_number = true)`;
  return { path: to, source, columns: await jsonColumns(connection, source, names) };
}

/** @returns how many there are. @throws AppError DATASET_UNREADABLE when there are none, or something else is among them */
async function checkObjects(connection: DuckDBConnection, objects: string): Promise<number> {
  const [[rows, other, type, twice] = []] = await query(
    connection,
    `SELECT count(*), min(n) FILTER (t <> 'OBJECT'), arg_min(t, n) FILTER (t <> 'OBJECT'), min(n) FILTER (k <> d)
     FROM (SELECT row_number() OVER () AS n, json_type(json) AS t, len(json_keys(json)) AS k,
       len(list_distinct(json_keys(json))) AS d FROM ${objects})`,
  );
  if (rows === 0) throw unreadable({ rule: 'no_rows', message: 'It has no rows.' });
  if (other !== null) {
    const message = `Value ${other} is ${kindOf(String(type))}, where an object is expected: {"column": value, …}.`;
    throw unreadable({ rule: 'not_an_object', message });
  }
  if (twice !== null) throw await duplicateMember(connection, objects, Number(twice));
  return Number(rows);
}

function kindOf(type: string): string {
  const kinds: Record<string, string> = {
    ARRAY: 'a list',
    VARCHAR: 'a text',
    BOOLEAN: 'a truth',
    NULL: 'null',
  };
  return kinds[type] ?? 'a number';
}

async function duplicateMember(connection: DuckDBConnection, objects: string, object: number) {
  const one = `(FROM ${objects} LIMIT 1 OFFSET ${object - 1})`;
  const [[name] = []] = await query(
    connection,
    `SELECT k FROM (SELECT unnest(json_keys(json)) AS k FROM ${one}) GROUP BY k HAVING count(*) > 1 LIMIT 1`,
  );
  const message = `Object ${object} has ${shown(String(name))} twice. Give each value a name of its own.`;
  return unreadable({ rule: 'duplicate_column', column: String(name), message });
}

/** In the order in which they come first. */
async function findMembers(connection: DuckDBConnection, objects: string): Promise<string[]> {
  const found = await query(
    connection,
    `SELECT k FROM (SELECT unnest(keys) AS k, generate_subscripts(keys, 1) AS place, n
       FROM (SELECT json_keys(json) AS keys, row_number() OVER () AS n FROM ${objects}))
     GROUP BY k ORDER BY min(ROW(n, place)) LIMIT ${columnsMax + 1}`,
  );
  checkColumnCount(found.length);
  if (found.length === 0) throw unreadable({ rule: 'no_columns', message: 'Its objects are all empty.' });
  return found.map(([name]) => String(name));
}

import { readFile } from 'node:fs/promises';

/**
 * A file that brings DuckDB to give up its whole database.
 *
 * @param path - of a table's file with one column, of the type `bigint`
 */
export async function hostileParquet(path: string): Promise<Buffer> {
  const bytes = await readFile(path);
  // the column's precision, 38 as zigzag, becomes -39, which DuckDB takes for 217 digits
  const precisionAt = bytes.indexOf('1500154c2c', 'hex') + 3;
  if (bytes[precisionAt] !== 0x4c) throw new Error('the file has no such column');
  bytes[precisionAt] = 0x4d;
  return bytes;
}

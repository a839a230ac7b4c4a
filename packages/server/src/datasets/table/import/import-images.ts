import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Column } from '@oriel/schemas';
import { writeParquet } from '../parquet-file.ts';
import { pathsLiteral } from '../sql.ts';
import type { RawRow } from '../table.ts';
import { shown, unreadable } from '../unreadable.ts';
import { appendRows } from '../write-rows.ts';
import { readImageHeader } from './image-header.ts';
import type { FileImport, ImportLimits } from './import-file.ts';
import { readZip, type ZipEntry } from './read-zip.ts';
import type { TypedRows } from './typed-select.ts';

const columns: readonly Column[] = [
  { name: 'file', type: 'text' },
  { name: 'width', type: 'integer' },
  { name: 'height', type: 'integer' },
  { name: 'mediaType', type: 'text' },
  { name: 'sizeBytes', type: 'integer' },
  { name: 'image', type: 'image' },
];

/** How much is held in memory before it is written. */
const partBytes = 16 * 1024 * 1024;
const partRows = 512;

/** A row for each image of a ZIP archive. @throws AppError DATASET_UNREADABLE with the entry that is wrong */
export async function stageImages({
  connection,
  path,
  folder,
  limits,
  signal,
}: FileImport): Promise<TypedRows> {
  const parts: string[] = [];
  let rows: RawRow[] = [];
  let bytes = 0;
  const all = { rows: 0, bytes: 0 };
  const flush = async () => {
    if (rows.length > 0)
      parts.push(await writePart(connection, join(folder, `images-${parts.length}`), rows));
    rows = [];
    bytes = 0;
  };
  const { imagesMax: entriesMax, imageBytesMax: entryBytesMax, unpackedBytesMax } = limits;
  for await (const entry of readZip(path, { entriesMax, entryBytesMax, unpackedBytesMax }, signal)) {
    rows.push(toRow(entry, limits));
    bytes += entry.bytes.length;
    all.rows += 1;
    all.bytes += entry.bytes.length;
    if (bytes >= partBytes || rows.length >= partRows) await flush();
  }
  await flush();
  if (parts.length === 0) throw unreadable({ rule: 'no_rows', message: 'The archive has no images.' });
  return {
    select: `FROM read_parquet(${pathsLiteral(parts)})`,
    columns,
    notFinite: new Map(),
    rowBytes: all.bytes / all.rows,
  };
}

function toRow({ name, bytes }: ZipEntry, { pixelsMax }: ImportLimits): RawRow {
  const header = readImageHeader(bytes);
  const where = `Its entry ${shown(name, 100)}`;
  if (!header) {
    const message = `${where} is no PNG, JPEG, WebP, GIF or BMP image. Leave out what is none; send a table as it is, or packed with gzip.`;
    throw unreadable({ rule: 'not_an_image', entry: name, message });
  }
  const { width, height, mediaType } = header;
  if (width * height > pixelsMax) {
    const message = `${where} has ${width} × ${height} pixels; at most ${pixelsMax} are read.`;
    throw unreadable({ rule: 'too_many_pixels', entry: name, message });
  }
  return { file: name, width, height, mediaType, sizeBytes: bytes.length, image: bytes };
}

async function writePart(
  connection: DuckDBConnection,
  path: string,
  rows: readonly RawRow[],
): Promise<string> {
  const select = await appendRows(connection, columns, rows);
  await writeParquet(connection, { select, columns, path, rowBytes: partBytes });
  return path;
}

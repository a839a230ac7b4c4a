import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { DatasetFormat } from '@oriel/schemas';
import { writeParquet } from '../parquet-file.ts';
import type { ImportOptions } from '../table.ts';
import { findFormat } from './find-format.ts';
import { stageImages } from './import-images.ts';
import { readParquet } from './import-parquet.ts';
import { isGzip, openText, readStart, unpackGzip, withoutMark } from './open-text.ts';
import { stageCsv } from './stage-csv.ts';
import { stageJson } from './stage-json.ts';
import { findTypes, type TypedRows } from './typed-select.ts';

/** What keeps a small file from becoming a large table. */
export interface ImportLimits {
  /** Of what came packed, in bytes. */
  readonly unpackedBytesMax: number;
  /** Levels of lists and objects within each other. */
  readonly jsonDepthMax: number;
  readonly rowsMax: number;
  /** Images in an archive. */
  readonly imagesMax: number;
  /** Of one image, in bytes. */
  readonly imageBytesMax: number;
  /** Of one image. */
  readonly pixelsMax: number;
}

export interface FileImport extends ImportOptions {
  readonly connection: DuckDBConnection;
  readonly path: string;
  /** Empty, for what is made on the way. */
  readonly folder: string;
  readonly limits: ImportLimits;
  /** A table of more is wide. @see WideTable */
  readonly columnsMax: number;
}

/** Makes a table's file of a file of any format. @throws AppError DATASET_UNREADABLE, WideTable when it is wide */
export async function importFile(file: FileImport) {
  const { path, format } = await unpack(file);
  const typed = await readFormat({ ...file, path }, format);
  const to = join(file.folder, 'table.parquet');
  const rows = await writeParquet(file.connection, { ...typed, path: to });
  return { path: to, format, rows, columns: typed.columns, notFinite: typed.notFinite };
}

async function unpack(file: FileImport): Promise<{ path: string; format: DatasetFormat }> {
  const { bytes } = await readStart(file.path);
  const isPacked = isGzip(bytes);
  const { unpackedBytesMax } = file.limits;
  const path = isPacked ? await unpackGzip(file.path, { ...file, unpackedBytesMax }) : file.path;
  const start = isPacked ? (await readStart(path)).bytes : bytes;
  const { format } = findFormat({ start, name: file.name, told: file.format, isPacked });
  return { path, format };
}

async function readFormat(file: FileImport, format: DatasetFormat): Promise<TypedRows> {
  const { connection, folder, signal, limits, columnsMax } = file;
  if (format === 'parquet') return readParquet(connection, file.path, { ...limits, columnsMax });
  if (format === 'images') return stageImages(file);
  const path = await openText(file.path, folder, signal);
  if (format === 'json' || format === 'ndjson') {
    const unmarked = await withoutMark(path, folder, signal);
    const json = { connection, path: unmarked, folder, format, limits, columnsMax, signal };
    return findTypes(connection, await stageJson(json));
  }
  const delimiter = format === 'tsv' ? '\t' : undefined;
  return findTypes(connection, await stageCsv({ connection, path, folder, delimiter, columnsMax, signal }));
}

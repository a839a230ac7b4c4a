import { extname } from 'node:path';
import {
  type DatasetFormat,
  datasetFormatSchema,
  type ExportFormat,
  exportFormatSchema,
} from '@oriel/schemas';
import { formatOfFileName } from '../datasets/file-name.ts';
import { oneOf } from './arguments.ts';
import { UsageError } from './terminal.ts';

/** What stands for standard input and output in place of a file's name. */
export const standardStream = '-';

const outputFormatOf: Readonly<Record<string, ExportFormat>> = {
  '.csv': 'csv',
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
  '.parquet': 'parquet',
};

/** As said or, where nothing is, by the file's name; undefined leaves it to the server. */
export function toInputFormat(said: string | undefined, path: string): DatasetFormat | undefined {
  return oneOf(said, '--input-format', datasetFormatSchema.options) ?? formatOfFileName(path);
}

/** @throws UsageError when neither the option nor the file's name says it */
export function toOutputFormat(said: string | undefined, path: string): ExportFormat {
  const format =
    oneOf(said, '--format', exportFormatSchema.options) ?? outputFormatOf[extname(path).toLowerCase()];
  if (format) return format;
  throw new UsageError(`Say with --format what ${path} should be: ${exportFormatSchema.options.join(', ')}.`);
}

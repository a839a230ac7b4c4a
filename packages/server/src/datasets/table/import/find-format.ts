import type { DatasetFormat } from '@oriel/schemas';
import { unreadable } from '../unreadable.ts';

/** What a file turned out to be. */
export type FoundFormat = { readonly format: DatasetFormat; readonly isPacked: boolean };

const ofEnding: Readonly<Record<string, DatasetFormat>> = {
  csv: 'csv',
  tsv: 'tsv',
  tab: 'tsv',
  json: 'json',
  geojson: 'json',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  parquet: 'parquet',
  pq: 'parquet',
  zip: 'images',
};

const textFormats: ReadonlySet<DatasetFormat> = new Set(['csv', 'tsv', 'json', 'ndjson']);

const anImage = 'It is an image. Pack images as ZIP, also a single one.';

/** Formats that people try, which are none of ours: told from their first bytes, as latin1 text. */
const refused: readonly (readonly [start: string, hint: string])[] = [
  ['\xd0\xcf\x11\xe0', 'It is an old Excel or Word file. Save the sheet as CSV.'],
  ['%PDF', 'It is a PDF file.'],
  ['\x28\xb5\x2f\xfd', 'It is packed with Zstandard. Unpack it, or pack it with gzip.'],
  ['BZh', 'It is packed with bzip2. Unpack it, or pack it with gzip.'],
  ['\xfd7zXZ', 'It is packed with xz. Unpack it, or pack it with gzip.'],
  ['7z\xbc\xaf', 'It is a 7-Zip archive. Pack images as ZIP; send tables as they are, or packed with gzip.'],
  ['Rar!', 'It is a RAR archive. Pack images as ZIP; send tables as they are, or packed with gzip.'],
  ['ARROW1', 'It is an Arrow file. Save the table as Parquet.'],
  ['SQLite format 3', 'It is an SQLite database. Export the table as CSV.'],
  ['\x89PNG', anImage],
  ['\xff\xd8\xff', anImage],
  ['GIF89a', anImage],
];

const aPage = 'It is a web page rather than a file. Perhaps its site asks to sign in.';

/** The same of text, in small letters: a page might pass for a CSV of one column. */
const refusedMarkup: typeof refused = [
  ['<!doctype html', aPage],
  ['<html', aPage],
  ['<?xml', 'It is an XML file. Save the table as CSV.'],
];

/**
 * The format of a file: the one that was told, or what its first bytes and its name say.
 *
 * @param start - first bytes, some thousand of them; unpacked text where the file is packed
 * @throws AppError DATASET_UNREADABLE when it is empty, or of no format that can be read
 */
export function findFormat({
  start,
  name,
  told,
  isPacked,
}: {
  start: Buffer;
  name: string;
  told?: DatasetFormat | undefined;
  isPacked: boolean;
}): FoundFormat {
  if (start.length === 0) throw unreadable({ rule: 'empty', message: 'It is empty.' });
  const text = start.toString('latin1');
  const known =
    refused.find(([signature]) => text.startsWith(signature)) ??
    refusedMarkup.find(([tag]) => firstText(start).toLowerCase().startsWith(tag));
  if (known) throw unreadable({ rule: 'format_not_supported', message: known[1] });
  const format = signed(text) ?? told ?? byName(name) ?? byText(start);
  if (isPacked && !textFormats.has(format))
    throw unreadable({
      rule: 'format_not_supported',
      message: 'Only CSV, TSV, JSON and NDJSON may be packed with gzip.',
    });
  if (told && told !== format && !(textFormats.has(told) && textFormats.has(format)))
    throw unreadable({
      rule: 'format_differs',
      message: `It is said to be ${told}, but its first bytes are those of ${format}.`,
    });
  checkSignature(format, text);
  return { format, isPacked };
}

const zipStarts = ['PK\x03\x04', 'PK\x05\x06', 'PK\x07\x08'];

function signed(text: string): DatasetFormat | undefined {
  if (text.startsWith('PAR1') || text.startsWith('PARE')) return 'parquet';
  return zipStarts.some((start) => text.startsWith(start)) ? 'images' : undefined;
}

function byName(name: string): DatasetFormat | undefined {
  const [, ending] = /\.([a-z0-9]+)(?:\.gz)?$/i.exec(name) ?? [];
  return ending === undefined ? undefined : ofEnding[ending.toLowerCase()];
}

/** JSON begins with a bracket; the rest may be CSV, whose reader says what is wrong where it is not. */
function byText(start: Buffer): DatasetFormat {
  const [first] = firstText(start);
  if (first === '[') return 'json';
  return first === '{' ? 'ndjson' : 'csv';
}

function firstText(start: Buffer): string {
  return start
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .trimStart();
}

function checkSignature(format: DatasetFormat, text: string): void {
  if (format !== 'parquet' && format !== 'images') return;
  if (signed(text) === format) return;
  const kind = format === 'parquet' ? 'a Parquet file' : 'a ZIP archive';
  throw unreadable({ rule: 'format_differs', message: `It is called ${kind}, but does not begin like one.` });
}

import type { DatasetFormat } from '@oriel/schemas';

const formatOfEnding: Readonly<Record<string, DatasetFormat>> = {
  csv: 'csv',
  tsv: 'tsv',
  tab: 'tsv',
  json: 'json',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  parquet: 'parquet',
  zip: 'images',
};

/** Longest name of a dataset. */
const nameCharsMax = 200;

const endingPattern = new RegExp(`\\.(${Object.keys(formatOfEnding).join('|')})(\\.gz)?$`, 'i');

/** What a file of this name holds; undefined where its name does not say. */
export function formatOfFileName(fileName: string): DatasetFormat | undefined {
  return formatOfEnding[endingPattern.exec(fileName)?.[1]?.toLowerCase() ?? ''];
}

/** What a dataset is called that is given no other name: as its file, without the ending that says its format. */
export function toDatasetName(fileName: string): string {
  const clean = fileName.replaceAll(/\p{Cc}+/gu, ' ');
  const name = clean.replace(endingPattern, '').trim() || clean;
  // files may have names that datasets may not; a letter that is cut in two is none
  return name.slice(0, nameCharsMax).toWellFormed();
}

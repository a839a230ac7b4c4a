import type { DatasetFormat } from '@oriel/schemas';

const nameCharsMax = 200;
const unnamed = 'upload';

/** What a file is called, without the folders it came from and what no name should have. */
export function toSourceName(given: string | undefined): string {
  const base = (given ?? '').split(/[/\\]/).at(-1) ?? '';
  const clean = base
    .toWellFormed()
    .replaceAll(/\p{Cc}/gu, '')
    .trim();
  if (clean === '' || clean === '.' || clean === '..') return unnamed;
  // a letter that is cut in two is none
  return clean.slice(0, nameCharsMax).toWellFormed();
}

/** The name of a dataset that is given none: its file's, without its ending. */
export function toDatasetName(sourceName: string): string {
  const name = sourceName
    .replace(/(?:\.(?:csv|tsv|txt|json|ndjson|jsonl|parquet|zip))?(?:\.gz)?$/i, '')
    .trim();
  return name === '' ? sourceName : name;
}

const formatOfEnding: Readonly<Record<string, DatasetFormat>> = {
  tsv: 'tsv',
  tab: 'tsv',
  json: 'json',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  parquet: 'parquet',
  zip: 'images',
};

/** What a file is by its name; whoever reads it finds out what it really is. */
export function formatOfName(sourceName: string): DatasetFormat {
  const ending = /\.([^.]+)$/.exec(sourceName.toLowerCase().replace(/\.gz$/, ''))?.[1] ?? '';
  return formatOfEnding[ending] ?? 'csv';
}

/**
 * A header that makes a browser save a file under this name, whatever letters it has.
 *
 * @see RFC 6266, section 4.3, and RFC 8187 for `filename*`
 */
export function toContentDisposition(name: string, ending: string): string {
  const safe = toSourceName(name.replaceAll(/[/\\]/g, '-')).replaceAll(/[<>:"|?*]/g, '-');
  const file = `${safe.replace(/[. ]+$/, '') || unnamed}.${ending}`;
  const ascii = file
    .normalize('NFKD')
    .replaceAll(/[^\x20-\x7e]/g, '_')
    .replaceAll(/["\\%]/g, '_');
  const encoded = encodeURIComponent(file).replaceAll(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}

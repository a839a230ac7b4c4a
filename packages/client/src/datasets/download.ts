import type { ExportFormat } from '@oriel/schemas';
import type { RowSelection } from '../api-calls.ts';
import type { Connection } from '../connection.ts';
import { callRest, fitsInUrl, toQuery } from '../rest.ts';

export interface DownloadSelection extends RowSelection {
  /** CSV without it. */
  readonly format?: ExportFormat;
}

/** A file on its way. */
export interface Download {
  /** What the server calls it; null when it does not say. */
  readonly fileName: string | null;
  readonly contentType: string;
  /** Fails when the connection breaks before the end. */
  readonly stream: ReadableStream<Uint8Array>;
}

const mediaTypes = ['text/csv', 'application/x-ndjson', 'application/vnd.apache.parquet'];

export async function downloadDataset(
  connection: Connection,
  selection: DownloadSelection,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<Download> {
  const { path, ...init } = toRequest(selection);
  const { headers, body } = await callRest(connection, path, { ...init, mediaTypes, signal });
  return {
    fileName: toFileName(headers.get('content-disposition')),
    contentType: headers.get('content-type') ?? 'application/octet-stream',
    stream: body ?? new Blob([]).stream(),
  };
}

/** A selection goes in the URL, or in the body where it is too long for one. */
function toRequest({ id, format, version, columns, filter, sort }: DownloadSelection) {
  const path = `/api/v1/datasets/${encodeURIComponent(id)}/export`;
  const query = toQuery({
    format,
    version,
    columns: columns && JSON.stringify(columns),
    filter: filter && JSON.stringify(filter),
    sort: sort && JSON.stringify(sort),
  });
  if (fitsInUrl(path + query)) return { path: path + query };
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ format, version, columns, filter, sort });
  return { path, method: 'POST', headers, body };
}

/** @see RFC 6266 and RFC 8187: the encoded name is the whole one, the other may have lost letters */
function toFileName(disposition: string | null): string | null {
  const [, encoded] = /filename\*=UTF-8''([^;\s]+)/i.exec(disposition ?? '') ?? [];
  if (encoded !== undefined) return decodeSafely(encoded);
  const [, quoted] = /filename="([^"]*)"/i.exec(disposition ?? '') ?? [];
  return quoted ?? null;
}

function decodeSafely(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { CreateDatasetInput } from '@oriel/schemas';
import { AppError } from '../errors.ts';
import type { GuardedAnswer, GuardedFetch } from '../net/guarded-fetch.ts';
import type { BlobStorage } from '../storage/blob-storage.ts';
import type { Source } from './intake.ts';
import { toSourceName } from './source-name.ts';

export interface SourceNeeds {
  readonly storage: Pick<BlobStorage, 'write'>;
  readonly fetch: GuardedFetch;
  readonly uploadBytesMax: number;
}

export type StoreSource = ReturnType<typeof createStoreSource>;

/** Stores what comes by no upload: rows in the request itself, and files of another server. */
export function createStoreSource({ storage, fetch, uploadBytesMax }: SourceNeeds) {
  return { ofRows, ofUrl };

  async function ofRows(rows: NonNullable<CreateDatasetInput['rows']>): Promise<Source> {
    return { blob: await storage.write(toNdjson(rows)), sourceName: 'rows.ndjson' };
  }

  /** @throws AppError URL_REFUSED, BODY_TOO_LARGE */
  async function ofUrl(url: string, signal?: AbortSignal): Promise<Source> {
    const headers = { accept: '*/*', 'accept-encoding': 'gzip, identity' };
    const answer = await fetch(url, { headers, ...(signal && { signal }) });
    try {
      if (answer.status !== 200) throw refused(`it answers ${answer.status} in place of a file`);
      const options = { sizeBytesMax: uploadBytesMax, ...(signal && { signal }) };
      const blob = await storage.write(decoded(answer), options);
      return { blob, sourceName: toSourceName(lastPartOf(answer.url)) };
    } catch (error) {
      throw isOfGzip(error) ? refused('its gzip is broken', error) : error;
    } finally {
      answer.body.destroy();
    }
  }
}

function decoded({ headers, body }: GuardedAnswer): AsyncIterable<Uint8Array> {
  const encoding = String(headers['content-encoding'] ?? 'identity').toLowerCase();
  if (encoding === 'identity') return body;
  if (encoding !== 'gzip' && encoding !== 'x-gzip')
    throw refused(`it answers with the encoding "${encoding}"`);
  const gunzip = createGunzip();
  // a stream may fail after whoever read it has gone on; unheard, that ends the process
  const heardElsewhere = () => undefined;
  return pipeline(body, gunzip.on('error', heardElsewhere), heardElsewhere);
}

function isOfGzip(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
}

function refused(why: string, cause?: unknown): AppError {
  return new AppError('URL_REFUSED', `The URL was not read: ${why}.`, { cause });
}

function lastPartOf(url: string): string {
  const path = new URL(url).pathname;
  try {
    return decodeURIComponent(path).replace(/\/+$/, '');
  } catch {
    return path;
  }
}

const chunkChars = 65_536;

async function* toNdjson(rows: readonly object[]): AsyncGenerator<Uint8Array> {
  let text = '';
  for (const row of rows) {
    text += `${JSON.stringify(row)}\n`;
    if (text.length < chunkChars) continue;
    yield Buffer.from(text);
    text = '';
  }
  if (text !== '') yield Buffer.from(text);
}

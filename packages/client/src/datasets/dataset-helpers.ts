import type { Dataset, ListDatasetsInput, Row } from '@oriel/schemas';
import type { ApiCalls, RowSelection } from '../api-calls.ts';
import type { Connection } from '../connection.ts';
import { eachItem } from '../pages.ts';
import { type Download, type DownloadSelection, downloadDataset } from './download.ts';
import { type EachRowOptions, eachRow } from './each-row.ts';
import { type UploadOptions, uploadDataset } from './upload.ts';
import type { UploadSource } from './upload-body.ts';

/** What the typed client can do with datasets beside the procedures of the API. */
export interface DatasetHelpers {
  /**
   * Sends a file, and waits until its rows can be used. When the connection breaks, a file or bytes are sent again
   * under the same idempotency key, so that they make one dataset; a stream cannot be.
   *
   * @throws DatasetImportError when the file cannot be read as rows: its `code` and `issues` say why and where
   * @throws ProblemError when the server refuses
   * @example
   * const dataset = await client.datasets.upload(file, { onProgress: ({ sentBytes }) => show(sentBytes) });
   */
  upload(source: UploadSource, options?: UploadOptions): Promise<Dataset>;
  /**
   * A dataset as a file, as a stream: nothing is held in memory.
   *
   * @throws ProblemError when the server refuses
   */
  download(selection: DownloadSelection, options?: { readonly signal?: AbortSignal }): Promise<Download>;
  /**
   * Rows one by one, fetched page by page.
   *
   * @example
   * const filter = { column: 'bodyMassG', op: 'gte', value: 5000 } as const;
   * for await (const row of client.datasets.eachRow({ id, filter })) console.log(row.species);
   */
  eachRow(selection: RowSelection, options?: EachRowOptions): AsyncGenerator<Row, void>;
  /** Datasets one by one, newest first. */
  eachDataset(
    input?: Partial<Omit<ListDatasetsInput, 'cursor'>>,
    options?: { readonly signal?: AbortSignal },
  ): AsyncGenerator<Dataset, void>;
}

export function createDatasetHelpers(calls: ApiCalls, connection: Connection): DatasetHelpers {
  return {
    upload: (source, options) => uploadDataset(calls, connection, source, options),
    download: (selection, options) => downloadDataset(connection, selection, options),
    eachRow: (selection, options) => eachRow(connection, selection, options),
    eachDataset: (input = {}, { signal } = {}) =>
      eachItem((cursor) =>
        calls.datasets.list.query(
          { ...input, ...(cursor !== undefined && { cursor }) },
          signal && { signal },
        ),
      ),
  };
}

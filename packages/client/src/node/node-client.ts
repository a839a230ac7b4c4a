import type { Dataset } from '@oriel/schemas';
import { type ClientOptions, createConnection } from '../connection.ts';
import { createTrpcClient } from '../create-client.ts';
import type { DownloadSelection } from '../datasets/download.ts';
import type { UploadOptions } from '../datasets/upload.ts';
import type { UploadSource } from '../datasets/upload-body.ts';
import { beside, type OrielClient, withHelpers } from '../oriel-client.ts';
import { duplexTransport } from '../predict-stream/duplex-transport.ts';
import { sendAgain } from '../send-again.ts';
import { openFile } from './open-file.ts';
import { saveStream } from './save-stream.ts';

/** What only a program with files can do with datasets. */
export interface FileHelpers {
  /** As the client's `upload`; a path is read from the disk as it is sent. Of a folder, all images are. */
  upload(source: UploadSource | string | URL, options?: UploadOptions): Promise<Dataset>;
  /**
   * A dataset as a file, which is there whole or not at all; fetched anew when the connection breaks.
   *
   * @returns how many bytes it has
   */
  downloadTo(
    path: string | URL,
    selection: DownloadSelection,
    options?: { readonly signal?: AbortSignal },
  ): Promise<number>;
}

export type NodeClient = OrielClient & { readonly datasets: FileHelpers };

/**
 * The typed client for Node.js: it reads and writes files, and streams predictions over one connection.
 *
 * @throws TypeError when the address or the credentials cannot be ones, RangeError when the timeout cannot be one
 * @example
 * const client = createClient({ url: 'http://localhost:3000', auth: { apiKey } });
 * const dataset = await client.datasets.upload('penguins.csv');
 * await client.datasets.downloadTo('penguins.parquet', { id: dataset.id, format: 'parquet' });
 */
export function createClient(options: ClientOptions): NodeClient {
  const connection = createConnection(options);
  const client = withHelpers(createTrpcClient(connection), connection, duplexTransport);
  return beside(client, { datasets: beside(client.datasets, createFileHelpers(client)) });
}

function createFileHelpers({ datasets }: OrielClient): FileHelpers {
  return {
    async upload(source, options) {
      if (typeof source !== 'string' && !(source instanceof URL)) return datasets.upload(source, options);
      const { source: file, ...details } = await openFile(source);
      return datasets.upload(file, { ...details, ...options });
    },
    async downloadTo(path, selection, options) {
      return sendAgain(async () => {
        const { stream } = await datasets.download(selection, options);
        return saveStream(stream, path, options);
      }, options);
    },
  };
}

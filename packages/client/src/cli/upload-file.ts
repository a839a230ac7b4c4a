import type { Dataset, DatasetFormat } from '@oriel/schemas';
import type { UploadOptions } from '../datasets/upload.ts';
import type { NodeClient } from '../node/node-client.ts';
import { standardStream } from './formats.ts';
import { createProgressView } from './progress-view.ts';
import { say, type Terminal, UsageError } from './terminal.ts';
import { countInWords, safeText, sizeInWords } from './words.ts';

interface FileToUpload
  extends Pick<UploadOptions, 'name' | 'description' | 'tags' | 'datasetId' | 'onStored'> {
  /** `-` for standard input. */
  readonly path: string;
  readonly format: DatasetFormat | undefined;
}

/**
 * Sends a file and waits until its rows can be used, with progress.
 *
 * @throws UsageError when the file cannot be read
 */
export async function uploadFile(
  client: NodeClient,
  { path, format, ...details }: FileToUpload,
  terminal: Terminal,
): Promise<Dataset> {
  const view = createProgressView(terminal);
  const isStandard = path === standardStream;
  const source = isStandard ? (terminal.stdin as AsyncIterable<Uint8Array>) : path;
  try {
    const dataset = await client.datasets.upload(source, {
      ...details,
      ...(format && { format }),
      ...(isStandard && details.name === undefined && { name: 'standard input' }),
      signal: terminal.signal,
      onProgress({ phase, sentBytes, totalBytes }) {
        if (phase === 'sending')
          view.show({ label: 'Uploading', done: sentBytes, total: totalBytes, inUnits: sizeInWords });
        else {
          view.end();
          say(terminal, `Reading ${sizeInWords(sentBytes)} …`);
        }
      },
    });
    const { rows, columns } = dataset.latest;
    say(
      terminal,
      `Dataset ${safeText(dataset.name)}: ${countInWords(rows ?? 0, 'row')}, ${countInWords(columns.length, 'column')} (${dataset.id})`,
    );
    return dataset;
  } catch (error) {
    view.end();
    throw isUnreadable(error) ? new UsageError(`${path} cannot be read: ${error.message}`) : error;
  }
}

/** What Node.js says of files, and what a folder says of itself; what came of the network has no path. */
function isUnreadable(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return (
    error instanceof RangeError ||
    error.name === 'NotReadableError' ||
    ('syscall' in error && 'path' in error)
  );
}

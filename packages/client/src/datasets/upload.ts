import { type Dataset, type DatasetFormat, datasetSchema } from '@oriel/schemas';
import type { ApiCalls } from '../api-calls.ts';
import type { Connection } from '../connection.ts';
import { createRandomId } from '../random-id.ts';
import { callRest, fitsInUrl, readJson, toQuery } from '../rest.ts';
import { sendAgain } from '../send-again.ts';
import { formatOfFileName, toDatasetName } from './file-name.ts';
import { untilImported } from './until-imported.ts';
import { countBytes, toUploadBody, type UploadBody, type UploadSource } from './upload-body.ts';
import { createFormFrame, type FormFrame, frameStream } from './upload-form.ts';
import { createXhrFetch } from './xhr-fetch.ts';

export interface UploadProgress {
  /** `importing`: all has been sent, and the server reads it. */
  readonly phase: 'sending' | 'importing';
  readonly sentBytes: number;
  /** Null when it is not known before the end. */
  readonly totalBytes: number | null;
}

export interface UploadOptions {
  /** Of the dataset; what the file is called without it. */
  readonly name?: string;
  readonly description?: string;
  /** Without commas. */
  readonly tags?: readonly string[];
  /** Without it, as the file's name says, or as the server finds out. */
  readonly format?: DatasetFormat;
  /** A dataset that this is a new version of. */
  readonly datasetId?: string;
  /**
   * The same key and content make one dataset, however often they are sent. Made up without it, for this upload and
   * its repetitions alone.
   */
  readonly idempotencyKey?: string;
  readonly onProgress?: (progress: UploadProgress) => void;
  /**
   * Told once the server has all of it: from here on it is there, whoever stops waiting for its rows to be read. The
   * server answers before it reads them, for whoever wants to know this.
   */
  readonly onStored?: (dataset: Dataset) => void;
  readonly signal?: AbortSignal;
}

interface Sending extends UploadOptions {
  readonly idempotencyKey: string;
  readonly body: UploadBody;
}

/** What the server calls a file without a name; a part of a form needs one to be a file. */
const unnamed = 'upload';

/** Whether requests can be read back as they are sent: browsers have no streams as bodies that all servers take. */
const canStream = () => typeof XMLHttpRequest === 'undefined';

export async function uploadDataset(
  calls: ApiCalls,
  connection: Connection,
  source: UploadSource,
  options: UploadOptions = {},
): Promise<Dataset> {
  const { idempotencyKey = createRandomId(), signal, onProgress } = options;
  const body = await toUploadBody(source, canStream());
  let failure: unknown;
  /** Fails as it does: it breaks the request, which would be sent again. */
  const watchedProgress = (progress: UploadProgress) => {
    try {
      onProgress?.(progress);
    } catch (error) {
      failure = error;
      throw error;
    }
  };
  const dataset = await sendAgain(send, {
    isRepeatable: () => body.isRepeatable && failure === undefined,
    signal,
  }).catch((error: unknown) => {
    throw failure ?? error;
  });
  options.onStored?.(dataset);
  const sentBytes = dataset.latest.sizeBytes;
  onProgress?.({ phase: 'importing', sentBytes, totalBytes: sentBytes });
  return untilImported(calls, dataset, signal);

  async function send(): Promise<Dataset> {
    try {
      return await sendOnce(connection, {
        ...options,
        ...(onProgress && { onProgress: watchedProgress }),
        idempotencyKey,
        body,
      });
    } catch (error) {
      // the cause, where what broke the request was what it read from
      failure ??= body.failure() ?? unreadableFile(error);
      throw error;
    } finally {
      body.close();
    }
  }
}

/** What `fetch` hides when a file of the disk was changed or removed since it was opened. */
function unreadableFile(error: unknown): unknown {
  const cause = error instanceof TypeError ? error.cause : undefined;
  return cause instanceof DOMException && cause.name === 'NotReadableError' ? cause : undefined;
}

async function sendOnce(connection: Connection, sending: Sending): Promise<Dataset> {
  const { idempotencyKey, signal } = sending;
  const { path, form } = toTarget(sending);
  const transport = toTransport(sending, form);
  const response = await callRest(connection, path, {
    method: 'POST',
    ...transport,
    headers: {
      'content-type': form?.contentType ?? 'application/octet-stream',
      'idempotency-key': idempotencyKey,
      ...(sending.onStored && { prefer: 'respond-async' }),
      ...transport.headers,
    },
    mediaTypes: ['application/json'],
    signal,
  });
  return readJson(response, datasetSchema);
}

/**
 * The file is the body, and what is said of it in the URL. Where that is too long for one, as a description in most scripts
 * may be, texts go beside the file in a form. What a server looks at before it takes the file in stays in the URL.
 */
function toTarget({ body, name, description, tags, format, datasetId }: Sending) {
  const { fileName } = body;
  const short = {
    format: format ?? (fileName === null ? undefined : formatOfFileName(fileName)),
    datasetId,
  };
  const texts = {
    name: name ?? (fileName === null ? undefined : toDatasetName(fileName)),
    description,
    tags: tags?.join(','),
  };
  const path = '/api/v1/datasets/upload';
  const whole = path + toQuery({ ...texts, ...short });
  if (fitsInUrl(whole)) return { path: whole, form: null };
  return { path: path + toQuery(short), form: createFormFrame(texts, texts.name ?? unnamed) };
}

/**
 * `fetch` tells nothing of what it has sent: here a stream is counted as it is read, there XMLHttpRequest counts. Node.js
 * streams also what nobody counts: of a blob, its `fetch` holds more than it must.
 */
function toTransport({ body, onProgress }: Sending, form: FormFrame | null) {
  const { blob, totalBytes } = body;
  const [headBytes, tailBytes] = [form?.head.length ?? 0, form?.tail.length ?? 0];
  const onBytes = (sentBytes: number) => onProgress?.({ phase: 'sending', sentBytes, totalBytes });
  if (blob && !canStream()) {
    const onAllBytes = (bytes: number) => onBytes(Math.min(Math.max(0, bytes - headBytes), blob.size));
    return {
      body: form ? new Blob([form.head, blob, form.tail]) : blob,
      headers: {},
      ...(onProgress && { transport: createXhrFetch(onAllBytes) }),
    };
  }
  const stream = countBytes(body.openStream(), onBytes);
  const headers: Record<string, string> =
    totalBytes === null ? {} : { 'content-length': String(headBytes + totalBytes + tailBytes) };
  return { body: form ? frameStream(stream, form) : stream, headers, duplex: 'half' as const };
}

import type { Readable } from 'node:stream';
import { type Dataset, type UploadDetails, uploadDetailsSchema } from '@oriel/schemas';
import type { FastifyRequest } from 'fastify';
import type { Caller } from '../datasets/intake.ts';
import type { DatasetService } from '../datasets/service.ts';
import { toSourceName } from '../datasets/source-name.ts';
import { toInputError } from '../input-error.ts';
import type { Blob } from '../storage/blob-storage.ts';
import { createBodyMeter, tooLarge } from './body-meter.ts';
import { checkDigest, readContentDigest, readContentSha256 } from './content-digest.ts';
import { isAsyncPreferred, waitOf } from './prefer.ts';
import { mergeInput, readQuery } from './rest-input.ts';
import { bodyOf, cutAfter, decode, incomplete, pour, toUploadError } from './upload-body.ts';
import { readUploadForm } from './upload-form.ts';

export interface UploadLimits {
  readonly uploadBytesMax: number;
  readonly formPartsMax: number;
  readonly formFieldBytesMax: number;
  /** Longest time without a byte. */
  readonly idleMs: number;
  /** Longest time for a whole upload. */
  readonly totalMs: number;
}

interface Upload {
  readonly datasets: Pick<DatasetService, 'upload'>;
  readonly caller: Caller;
  readonly idempotencyKey: string | undefined;
  readonly signal: AbortSignal;
  readonly limits: UploadLimits;
}

type Store = (bytes: AsyncIterable<Uint8Array>) => Promise<Blob>;

/** What a form has beside its file. */
const formBytesMax = 1_048_576;
const waitSDefault = 10;
const detailNames = Object.keys(uploadDetailsSchema.shape);
const lingerMs = 10_000;

/** Receives an upload as it arrives: a form with one file, or the bytes of the file alone. Nothing of it is held. */
export async function receiveUpload(request: FastifyRequest, upload: Upload): Promise<Dataset> {
  const { datasets, caller, limits, signal, idempotencyKey } = upload;
  const { headers } = request;
  const waitS = isAsyncPreferred(headers.prefer) ? 0 : waitSDefault;
  const waitMs = (waitOf(headers.prefer) ?? waitS) * 1000;
  const sha256 = readContentSha256(headers);
  checkAnnounced(request, limits);
  const early = parseDetails(queryOf(request));
  const digest = readContentDigest(headers);
  const options = { idempotencyKey, waitMs, signal, datasetId: early.datasetId };
  return datasets.upload(caller, options, async (store) => {
    const sent = bodyOf(request);
    const bytesMax = limits.uploadBytesMax + formBytesMax;
    const meter = createBodyMeter({ ...limits, bytesMax, isHashed: digest !== null });
    const contentType = headers['content-type'] ?? '';
    try {
      const body = decode(pour(sent, meter), request);
      const received = /^multipart\/form-data\b/i.test(contentType)
        ? await receiveForm(body, request, limits, store)
        : { blob: await store(body), sourceName: toSourceName(early.name), details: early };
      checkDigest(digest, digest === null ? null : meter.sha256(), 'Content-Digest');
      checkDigest(sha256, received.blob.sha256, 'x-content-sha256');
      return received;
    } catch (error) {
      meter.destroy();
      cutAfter(request, lingerMs);
      // whoever went away reads no answer; the log is to say why
      throw signal.aborted ? incomplete(error) : toUploadError(error);
    }
  });
}

async function receiveForm(body: Readable, request: FastifyRequest, limits: UploadLimits, store: Store) {
  const contentType = request.headers['content-type'] ?? '';
  const form = await readUploadForm(body, contentType, limits, store);
  const details = parseDetails(mergeInput(queryOf(request), form.fields, 'query'));
  return { blob: form.file, sourceName: toSourceName(form.fileName ?? details.name), details };
}

/** Told before a byte is read. */
function checkAnnounced({ headers }: FastifyRequest, { uploadBytesMax }: UploadLimits): void {
  if (Number(headers['content-length'] ?? 0) > uploadBytesMax + formBytesMax) throw tooLarge(uploadBytesMax);
}

function queryOf({ query }: FastifyRequest) {
  return readQuery(query, detailNames, ['tags']);
}

/** Tags come as one text with commas; everything else as the contract says. */
function parseDetails(texts: Record<string, unknown>): UploadDetails {
  const { tags, ...rest } = texts;
  const list =
    tags === undefined
      ? undefined
      : [tags].flat().flatMap((text) => (typeof text === 'string' ? text.split(',') : []));
  const parsed = uploadDetailsSchema.safeParse({
    ...rest,
    ...(list && { tags: list.map((tag) => tag.trim()).filter((tag) => tag !== '') }),
  });
  if (!parsed.success) throw toInputError(parsed.error);
  return parsed.data;
}

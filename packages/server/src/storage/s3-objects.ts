import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { AppError } from '../errors.ts';
import type { ByteRange } from './blob-storage.ts';
import { isRangeEmpty, toStorageError } from './s3-errors.ts';

export interface S3Settings {
  readonly bucket: string;
  readonly endpoint?: string | undefined;
  readonly region?: string | undefined;
  readonly accessKeyId?: string | undefined;
  readonly secretAccessKey?: string | undefined;
  /** Default: when there is an endpoint. */
  readonly forcePathStyle?: boolean | undefined;
  /** Longest wait for an answer; six times that where bytes are sent. Each request is tried three times. Default 10 s. */
  readonly timeoutMs?: number;
  /** Most keys of one answer when they are listed; default 1000. */
  readonly keysPerPage?: number;
}

interface LocalBytes {
  readonly path: string;
  readonly sizeBytes: number;
}

export interface StoredObject {
  readonly key: string;
  readonly sizeBytes: number;
  readonly writtenAt: Date;
}

export type S3Objects = ReturnType<typeof createS3Objects>;

/** Parts are in memory while they are sent, so they are the smallest that S3 takes, and two at a time. */
const partBytesMin = 5_242_880;
const partsMax = 10_000;
const partsAtOnce = 2;
/** So many times longer is the answer to bytes waited for, which is not before all of them are there: a line of 1.4 Mbit/s will do. */
const sendingFactor = 6;

/** The one file that knows how the SDK is asked; every method throws AppError NOT_FOUND or STORAGE_UNAVAILABLE only. */
export function createS3Objects(settings: S3Settings) {
  const client = createClient(settings);
  const sending = createClient(settings, sendingFactor);
  const Bucket = settings.bucket;

  return {
    client,

    /** In parts when it is large. What was sent of one that fails is removed again. */
    async upload(key: string, { path, sizeBytes }: LocalBytes, signal?: AbortSignal): Promise<void> {
      const Body = createReadStream(path);
      const partSize = Math.max(partBytesMin, Math.ceil(sizeBytes / partsMax));
      await ask(async () => {
        const params = { Bucket, Key: key, Body };
        const upload = new Upload({ client: sending, params, partSize, queueSize: partsAtOnce });
        const onAbort = () => void upload.abort();
        signal?.addEventListener('abort', onAbort, { once: true });
        await upload.done().finally(() => {
          signal?.removeEventListener('abort', onAbort);
          Body.destroy();
        });
      });
    },

    async putMark(key: string): Promise<void> {
      await ask(() => client.send(new PutObjectCommand({ Bucket, Key: key, Body: 'a mark' })));
    },

    /** @returns an empty stream where the range holds nothing */
    async get(key: string, range?: ByteRange): Promise<Readable> {
      if (range && range.end < range.start) return Readable.from([]);
      const Range = range && `bytes=${range.start}-${Number.isFinite(range.end) ? range.end : ''}`;
      return ask(async () => {
        const request = new GetObjectCommand({ Bucket, Key: key, ...(Range !== undefined && { Range }) });
        const answer = await client.send(request).catch(throwUnlessEmpty);
        // the SDK's type is that of every platform; of Node.js, it is this
        const body = (answer?.Body as Readable | undefined) ?? Readable.from([]);
        // one that breaks before anybody reads it has nobody to tell yet
        return body.on('error', () => {});
      });
    },

    /** Null for what is not there. */
    async find(key: string): Promise<StoredObject | null> {
      try {
        const head = await ask(() => client.send(new HeadObjectCommand({ Bucket, Key: key })));
        return toStored(key, head.ContentLength, head.LastModified);
      } catch (error) {
        if (error instanceof AppError && error.code === 'NOT_FOUND') return null;
        throw error;
      }
    },

    /** Deleting what is not there is no error. */
    async delete(key: string, abortSignal?: AbortSignal): Promise<void> {
      const request = new DeleteObjectCommand({ Bucket, Key: key });
      await ask(() => client.send(request, abortSignal && { abortSignal }));
    },

    async *list(prefix: string): AsyncGenerator<StoredObject, void, void> {
      const pages = paginateListObjectsV2(
        { client, pageSize: settings.keysPerPage ?? 1000 },
        { Bucket, Prefix: prefix },
      );
      while (true) {
        const page = await ask(() => pages.next());
        if (page.done) return;
        for (const { Key = '', Size, LastModified } of page.value.Contents ?? [])
          yield toStored(Key, Size, LastModified);
      }
    },

    async ping(): Promise<void> {
      await ask(() => client.send(new HeadBucketCommand({ Bucket })));
    },
  };
}

export async function ask<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    throw toStorageError(error);
  }
}

function createClient(settings: S3Settings, factor = 1): S3Client {
  const { endpoint, region, accessKeyId, secretAccessKey, timeoutMs = 10_000 } = settings;
  const answerMsMax = factor * timeoutMs;
  const hasKey = accessKeyId !== undefined && secretAccessKey !== undefined;
  const regionOrAny = region ?? (endpoint === undefined ? undefined : 'us-east-1');
  return new S3Client({
    ...(endpoint !== undefined && { endpoint }),
    ...(regionOrAny !== undefined && { region: regionOrAny }),
    ...(hasKey && { credentials: { accessKeyId, secretAccessKey } }),
    forcePathStyle: settings.forcePathStyle ?? endpoint !== undefined,
    maxAttempts: 3,
    // its check of a whole object would hide where a stream broke; what is kept as a file is checked by its name
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: Math.min(timeoutMs, 3000),
      requestTimeout: answerMsMax,
      throwOnRequestTimeout: true,
      socketTimeout: answerMsMax,
    },
  });
}

function throwUnlessEmpty(error: unknown): undefined {
  if (!isRangeEmpty(error)) throw error;
}

function toStored(key: string, sizeBytes = 0, writtenAt = new Date(0)): StoredObject {
  return { key, sizeBytes, writtenAt };
}

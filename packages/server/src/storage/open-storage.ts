import { join } from 'node:path';
import type { BlobStorage } from './blob-storage.ts';
import { createFileStorage } from './file-storage.ts';
import { createWorkFolders } from './work-folders.ts';

interface Config {
  readonly dataFolder: string;
  readonly s3: {
    readonly bucket: string | undefined;
    readonly endpoint: string | undefined;
    readonly region: string | undefined;
    readonly prefix: string | undefined;
    readonly accessKeyId: string | undefined;
    readonly secretAccessKey: string | undefined;
    readonly forcePathStyle: 'on' | 'off' | undefined;
    readonly cacheBytesMax: number;
  };
}

/** What is half done and older than this has no living maker: see {@link BlobStorage.sweep}. */
export const abandonedAfterMs = 600_000;

/**
 * The storage that the configuration asks for. It is not asked anything yet: `ping` does. What killed processes left on
 * this machine goes now: a sweep that one server does for all reaches no other machine.
 */
export async function openStorage({ dataFolder, s3 }: Config): Promise<BlobStorage> {
  const workFolder = join(dataFolder, 'work');
  // what cannot be removed is no reason not to start
  await createWorkFolders(workFolder)
    .sweep(new Date(Date.now() - abandonedAfterMs))
    .catch(() => {});
  const { bucket, prefix = 'oriel', forcePathStyle } = s3;
  if (bucket === undefined) return createFileStorage({ blobsFolder: join(dataFolder, 'blobs'), workFolder });
  // the SDK is large, and most servers have no bucket
  const { createS3Storage } = await import('./s3-storage.ts');
  return createS3Storage({
    ...s3,
    bucket,
    prefix,
    forcePathStyle: forcePathStyle === undefined ? undefined : forcePathStyle === 'on',
    workFolder,
    cacheFolder: join(dataFolder, 'cache'),
  });
}

import { AbortMultipartUploadCommand, ListMultipartUploadsCommand, type S3Client } from '@aws-sdk/client-s3';
import { isNotImplemented } from './s3-errors.ts';
import { ask } from './s3-objects.ts';

interface Where {
  readonly client: S3Client;
  readonly bucket: string;
  readonly prefix: string;
}

/**
 * Removes the parts of uploads that were begun before that time and never finished: nobody sees them, but they are paid
 * for. Of many, some are left to the next time.
 */
export async function sweepUploads({ client, bucket, prefix }: Where, before: Date): Promise<void> {
  const list = new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix });
  const uploads = await ask(async () => (await client.send(list).catch(noneWhereUnknown))?.Uploads ?? []);
  const old = uploads.filter(({ Initiated }) => Initiated !== undefined && Initiated < before);
  for (const { Key, UploadId } of old)
    await ask(() => client.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId })));
}

function noneWhereUnknown(error: unknown): undefined {
  if (!isNotImplemented(error)) throw error;
}

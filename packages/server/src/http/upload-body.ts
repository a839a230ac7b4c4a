import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { FastifyRequest } from 'fastify';
import { AppError } from '../errors.ts';
import type { BodyMeter } from './body-meter.ts';

/** The stream that the door's parser handed on. @throws AppError BODY_MALFORMED when there is none */
export function bodyOf({ body }: FastifyRequest): Readable {
  if (body === undefined || body === null)
    throw new AppError(
      'BODY_MALFORMED',
      'There is nothing in the request: send the file as its body, or in a form.',
    );
  // no other parser is there
  return body as Readable;
}

/**
 * What `pipeline` does, but that the request is left alone: destroying it would end the connection that is to say what
 * was wrong.
 */
export function pour(request: Readable, meter: BodyMeter): BodyMeter {
  meter.on('error', heardElsewhere);
  request.once('error', (error) => meter.destroy(error));
  request.once('close', () => {
    if (!request.readableEnded) meter.destroy(incomplete(undefined));
  });
  return request.pipe(meter);
}

/** What was packed. @throws AppError MEDIA_TYPE_UNSUPPORTED */
export function decode(body: Readable, { headers }: FastifyRequest): Readable {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding === 'identity' || encoding === '') return body;
  if (encoding === 'gzip' || encoding === 'x-gzip')
    return pipeline(body, createGunzip().on('error', heardElsewhere), heardElsewhere);
  throw new AppError(
    'MEDIA_TYPE_UNSUPPORTED',
    `The content-encoding "${encoding}" is not read here: send gzip, or none.`,
  );
}

/** Node throws away what still comes, so that its sender gets to see the answer; but not for ever. */
export function cutAfter({ raw }: FastifyRequest, ms: number): void {
  setTimeout(() => {
    if (!raw.complete) raw.socket.destroy();
  }, ms).unref();
}

/** A stream may fail after whoever read it has gone on; unheard, that ends the process. */
export function heardElsewhere(): void {}

const brokenOff: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'ERR_STREAM_PREMATURE_CLOSE',
  'Z_BUF_ERROR',
  'ABORT_ERR',
]);

/** What went wrong while a body was read, in our words. */
export function toUploadError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof AppError || !('code' in error)) return error;
  const code = String(error.code);
  if (brokenOff.has(code)) return incomplete(error);
  if (!code.startsWith('Z_')) return error;
  return new AppError('BODY_MALFORMED', 'The upload could not be unpacked: it is not valid gzip.', {
    cause: error,
  });
}

export function incomplete(cause: unknown): AppError {
  return new AppError(
    'UPLOAD_INCOMPLETE',
    'The upload broke off before its end. Nothing of it was kept: send it again.',
    { cause },
  );
}

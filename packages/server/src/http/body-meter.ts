import { createHash } from 'node:crypto';
import { Transform } from 'node:stream';
import { AppError } from '../errors.ts';

interface Limits {
  readonly bytesMax: number;
  /** Longest time without a byte. */
  readonly idleMs: number;
  /** Longest time for everything. */
  readonly totalMs: number;
  /** Whether the bytes are hashed, for {@link BodyMeter.sha256}. */
  readonly isHashed: boolean;
}

export interface BodyMeter extends Transform {
  /** Of all bytes, once they are through; base64. */
  sha256(): string;
}

/** Lets the bytes of a body through, as many and as long as the limits allow: it fails with an AppError beyond them. */
export function createBodyMeter({ bytesMax, idleMs, totalMs, isHashed }: Limits): BodyMeter {
  const hash = isHashed ? createHash('sha256') : null;
  let bytes = 0;
  const tooSlow = () => meter.destroy(new AppError('REQUEST_TIMEOUT', slowMessage));
  const idle = setTimeout(tooSlow, idleMs);
  const total = setTimeout(tooSlow, totalMs);

  const transform = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      idle.refresh();
      bytes += chunk.byteLength;
      hash?.update(chunk);
      if (bytes > bytesMax) done(tooLarge(bytesMax));
      else done(null, chunk);
    },
    destroy(error, done) {
      clearTimeout(idle);
      clearTimeout(total);
      done(error);
    },
  });
  const meter = Object.assign(transform, { sha256: () => hash?.digest('base64') ?? '' });
  return meter;
}

const slowMessage = 'The upload took too long to arrive, or stopped in the middle. Nothing of it was kept.';

export function tooLarge(bytesMax: number): AppError {
  return new AppError(
    'BODY_TOO_LARGE',
    `The upload has more than the ${bytesMax} bytes that this server accepts. Nothing of it was kept.`,
  );
}

import type { IncomingHttpHeaders } from 'node:http';
import { AppError } from '../errors.ts';

/**
 * Refuses a body that is packed, where it is read as it is: what is inside would be called broken.
 *
 * @throws AppError MEDIA_TYPE_UNSUPPORTED
 */
export function checkNotEncoded({ 'content-encoding': encoding }: IncomingHttpHeaders): void {
  if (encoding === undefined || /^\s*(?:identity)?\s*$/i.test(encoding)) return;
  throw new AppError(
    'MEDIA_TYPE_UNSUPPORTED',
    `The content-encoding "${encoding}" is not read here: send the body as it is.`,
  );
}

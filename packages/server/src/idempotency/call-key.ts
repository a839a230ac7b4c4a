import { toInputError } from '../input-error.ts';

interface KeyPlaces {
  /** In the input of the call. */
  readonly own: string | undefined;
  /** In the header `Idempotency-Key`. */
  readonly header: string | undefined;
}

/**
 * The key of a call, wherever it is. Which of two different ones its caller will send again, nobody knows.
 *
 * @throws AppError INPUT_INVALID
 */
export function getCallKey({ own, header }: KeyPlaces): string | undefined {
  if (own === undefined || header === undefined || own === header) return own ?? header;
  const message = 'is something else in the header Idempotency-Key: leave it out, or give the same';
  throw toInputError({ issues: [{ path: ['idempotencyKey'], code: 'conflict', message }] });
}

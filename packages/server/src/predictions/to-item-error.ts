import type { ItemError } from '@oriel/schemas';
import type { AppError } from '../errors.ts';

/** An error as part of an answer that holds several. */
export function toItemError({ code, message, issues }: AppError): ItemError {
  return { code, message, ...(issues && { issues: [...issues] }) };
}

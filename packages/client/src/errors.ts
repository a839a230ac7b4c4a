import { type ErrorCode, type Problem, problemSchema } from '@oriel/schemas';
import { TRPCClientError } from '@trpc/client';

/**
 * The problem document of a failed call: code, message, refused fields, request id. Null when the failure did not
 * come from an Oriel server, e.g. when there was no connection.
 *
 * @example
 * try { await client.models.penguins.predict.mutate(input); }
 * catch (error) { if (problemOf(error)?.code === 'INPUT_INVALID') showFields(problemOf(error)?.issues); }
 */
export function problemOf(error: unknown): Problem | null {
  if (!(error instanceof TRPCClientError)) return null;
  const data: unknown = error.data;
  if (typeof data !== 'object' || data === null || !('problem' in data)) return null;
  return problemSchema.safeParse(data.problem).data ?? null;
}

/** Whether a call failed with this code. */
export function hasErrorCode(error: unknown, code: ErrorCode): boolean {
  return problemOf(error)?.code === code;
}

/** Whether a call ran into its own timeout or was aborted before an answer came. */
export function isAbort(error: unknown): boolean {
  return (
    error instanceof TRPCClientError &&
    (error.cause?.name === 'AbortError' || error.cause?.name === 'TimeoutError')
  );
}

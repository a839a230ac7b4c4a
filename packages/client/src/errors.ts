import { type ErrorCode, type Problem, problemSchema } from '@oriel/schemas';
import { TRPCClientError } from '@trpc/client';
import { TokenError } from './auth/token-error.ts';
import { DatasetImportError } from './datasets/dataset-import-error.ts';
import { JobError } from './jobs/job-error.ts';
import { StreamError } from './predict-stream/stream-error.ts';
import { ProblemError } from './problem-error.ts';

/**
 * The problem document of a failed call: code, message, refused fields, request id. Null when the failure did not
 * come from an Oriel server, e.g. when there was no connection.
 *
 * @example
 * try { await client.models.penguins.predict.mutate(input); }
 * catch (error) { if (problemOf(error)?.code === 'INPUT_INVALID') showFields(problemOf(error)?.issues); }
 */
export function problemOf(error: unknown): Problem | null {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof TokenError) return toTokenProblem(error);
  if (!(error instanceof TRPCClientError)) return null;
  if (error.cause instanceof TokenError) return toTokenProblem(error.cause);
  if (error.cause instanceof ProblemError) return error.cause.problem;
  const data: unknown = error.data;
  if (typeof data !== 'object' || data === null || !('problem' in data)) return null;
  return problemSchema.safeParse(data.problem).data ?? null;
}

/** A token that was refused, as the server would say it: null when there was no answer, or the server has a trouble. */
function toTokenProblem({ status, message }: TokenError): Problem | null {
  if (status === null || status < 400 || status >= 500) return null;
  const isTooOften = status === 429;
  return {
    type: `/docs/errors#${isTooOften ? 'rate-limited' : 'unauthenticated'}`,
    title: isTooOften ? 'Too many requests' : 'Not signed in',
    status: isTooOften ? 429 : 401,
    detail: message,
    code: isTooOften ? 'RATE_LIMITED' : 'UNAUTHENTICATED',
    requestId: '',
  };
}

/** Whether a call, an import, a job or a stream failed with this code. */
export function hasErrorCode(error: unknown, code: ErrorCode): boolean {
  if (error instanceof DatasetImportError || error instanceof JobError || error instanceof StreamError)
    return error.code === code;
  return problemOf(error)?.code === code;
}

/** Whether a call ran into its own timeout or was aborted before an answer came. */
export function isAbort(error: unknown): boolean {
  const cause = error instanceof TRPCClientError ? error.cause : error;
  return cause instanceof Error && (cause.name === 'AbortError' || cause.name === 'TimeoutError');
}

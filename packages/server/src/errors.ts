import { type ErrorCode, type ErrorIssue, type ErrorKind, errorKindOf, type Problem } from '@oriel/schemas';
import type { TRPC_ERROR_CODE_KEY } from '@trpc/server/rpc';

/** @see RFC 6750, section 3.1, "Error Codes" */
export type Challenge =
  | { readonly error: 'invalid_token' }
  | { readonly error: 'insufficient_scope'; readonly scope: string };

interface Extra {
  /** The fields that were refused, for `invalid` errors. */
  readonly issues?: readonly ErrorIssue[];
  /** When to try again, in seconds; becomes the `Retry-After` header. */
  readonly retryAfterS?: number;
  /** What was wrong with the credential; becomes part of the `WWW-Authenticate` header. */
  readonly challenge?: Challenge;
  /** Whether the same may go well in a moment, where the kind does not tell: a job is tried again then. */
  readonly mayPass?: boolean;
  /** What really happened. For the log only: it never reaches a caller. */
  readonly cause?: unknown;
}

/** An expected failure. `message` is safe to show and says what to do; secrets stay in `cause`. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly kind: ErrorKind;
  readonly issues: readonly ErrorIssue[] | undefined;
  readonly retryAfterS: number | undefined;
  readonly challenge: Challenge | undefined;
  readonly mayPass: boolean;

  constructor(
    code: ErrorCode,
    message: string,
    { issues, retryAfterS, challenge, mayPass = false, cause }: Extra = {},
  ) {
    // code and message say it all; walking the stack would be the dearest part of a refusal when there are many
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message, { cause });
    Error.stackTraceLimit = stackTraceLimit;
    this.code = code;
    this.kind = errorKindOf[code];
    this.issues = issues;
    this.retryAfterS = retryAfterS;
    this.challenge = challenge;
    this.mayPass = mayPass;
  }
}

/** How each kind is said on each transport. The compiler checks that none is missing. */
export const transportOfKind = {
  invalid: { trpc: 'BAD_REQUEST', status: 400, title: 'Bad request' },
  unauthenticated: { trpc: 'UNAUTHORIZED', status: 401, title: 'Not signed in' },
  forbidden: { trpc: 'FORBIDDEN', status: 403, title: 'Not allowed' },
  'not-found': { trpc: 'NOT_FOUND', status: 404, title: 'Not found' },
  method: { trpc: 'METHOD_NOT_SUPPORTED', status: 405, title: 'Method not allowed' },
  slow: { trpc: 'TIMEOUT', status: 408, title: 'Request timeout' },
  conflict: { trpc: 'CONFLICT', status: 409, title: 'Conflict' },
  unprocessable: { trpc: 'UNPROCESSABLE_CONTENT', status: 422, title: 'Unprocessable content' },
  'too-large': { trpc: 'PAYLOAD_TOO_LARGE', status: 413, title: 'Content too large' },
  'url-too-long': { trpc: 'PAYLOAD_TOO_LARGE', status: 414, title: 'URI too long' },
  unsupported: { trpc: 'UNSUPPORTED_MEDIA_TYPE', status: 415, title: 'Unsupported media type' },
  'rate-limited': { trpc: 'TOO_MANY_REQUESTS', status: 429, title: 'Too many requests' },
  'headers-too-large': {
    trpc: 'PAYLOAD_TOO_LARGE',
    status: 431,
    title: 'Request header fields too large',
  },
  // 499 is no registered status, but what proxies log for a caller that went away; nobody is left to read it
  cancelled: { trpc: 'CLIENT_CLOSED_REQUEST', status: 499, title: 'Caller went away' },
  internal: { trpc: 'INTERNAL_SERVER_ERROR', status: 500, title: 'Internal server error' },
  unavailable: { trpc: 'SERVICE_UNAVAILABLE', status: 503, title: 'Service unavailable' },
  timeout: { trpc: 'GATEWAY_TIMEOUT', status: 504, title: 'Deadline exceeded' },
} as const satisfies Record<ErrorKind, { trpc: TRPC_ERROR_CODE_KEY; status: number; title: string }>;

/**
 * An error as a problem document.
 * @see RFC 9457, "Problem Details for HTTP APIs"
 */
export function toProblem(
  error: AppError,
  { requestId, instance }: { requestId: string; instance?: string },
): Problem {
  const { status, title } = transportOfKind[error.kind];
  return {
    type: `/docs/errors#${error.code.toLowerCase().replaceAll('_', '-')}`,
    title,
    status,
    detail: error.message,
    ...(instance !== undefined && { instance }),
    code: error.code,
    ...(error.issues && { issues: [...error.issues] }),
    requestId,
  };
}

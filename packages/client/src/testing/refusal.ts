import { type ErrorCode, type ErrorIssue, type ErrorKind, errorKindOf, type Problem } from '@oriel/schemas';

/** A failure as a test states it: its code, and what the test cares about beside it. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly detail?: string;
  readonly issues?: readonly ErrorIssue[];
  readonly requestId?: string;
}

// the server says the same in its own table; a browser bundle of tests must not import it
const statusOfKind: Record<ErrorKind, number> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  method: 405,
  slow: 408,
  conflict: 409,
  'too-large': 413,
  'url-too-long': 414,
  unsupported: 415,
  unprocessable: 422,
  'rate-limited': 429,
  'headers-too-large': 431,
  cancelled: 499,
  internal: 500,
  unavailable: 503,
  timeout: 504,
};

/** The problem document a server would send for this refusal. */
export function toProblem(refusal: Refusal, path: string): Problem {
  const { code, detail = `Refused with ${code}.`, issues, requestId = 'test-request' } = refusal;
  return {
    type: `/docs/errors#${code.toLowerCase().replaceAll('_', '-')}`,
    title: code,
    status: statusOfKind[errorKindOf[code]],
    detail,
    instance: `/trpc/${path}`,
    code,
    ...(issues && { issues: [...issues] }),
    requestId,
  };
}

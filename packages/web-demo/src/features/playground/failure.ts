import { isAbort, problemOf } from '@oriel/client';
import type { ErrorCode, ErrorIssue } from '@oriel/schemas';

/** A failed prediction in the words of the person who asked for it. */
export interface Failure {
  readonly title: string;
  readonly detail: string;
  /** What to do about it; null where the detail says so itself. */
  readonly advice: string | null;
  readonly issues: readonly ErrorIssue[];
  readonly requestId: string | null;
  /** The page that explains this kind of failure. */
  readonly helpUrl: string | null;
}

const titleOf: Partial<Record<ErrorCode, string>> = {
  INPUT_INVALID: 'The model cannot use this input',
  ENGINE_OVERLOADED: 'The server has too much to do right now',
  DEADLINE_EXCEEDED: 'The answer took too long',
  SERVER_STOPPING: 'The server is stopping',
  MODEL_NOT_READY: 'The model is not ready',
  BODY_TOO_LARGE: 'That is more than the server accepts',
  UNAUTHENTICATED: 'Sign in to predict',
  RATE_LIMITED: 'Too many requests in a short time',
};

const adviceOf: Partial<Record<ErrorCode, string>> = {
  ENGINE_OVERLOADED: 'Wait a moment, then predict again. Nothing was computed, and nothing is lost.',
  DEADLINE_EXCEEDED: 'The server may be busy: wait a moment, then predict again.',
  SERVER_STOPPING: 'It may be starting anew: wait a moment, then predict again.',
  RATE_LIMITED: 'Wait a moment, then predict again.',
  MODEL_NOT_READY:
    'It may still be loading: wait a moment, then predict again. /health/ready says what is missing.',
};

/** Explains an error; null when there is none, or when the request was only replaced by a newer one. */
export function explainFailure(error: Error | null): Failure | null {
  if (!error || isSuperseded(error)) return null;
  const problem = problemOf(error);
  if (!problem) return explainLostCall(error);
  const { code, detail, issues = [], requestId, type } = problem;
  return {
    title: titleOf[code] ?? 'The prediction failed',
    detail,
    advice: adviceOf[code] ?? null,
    issues,
    requestId: requestId || null,
    helpUrl: type.startsWith('/') ? type : null,
  };
}

/** Whether a request was aborted by this page because a newer one took its place: see `predict`. */
export function isSuperseded(error: Error): boolean {
  return error.name === 'AbortError';
}

function explainLostCall(error: Error): Failure {
  const isTimeout = isAbort(error);
  return {
    title: isTimeout ? 'No answer in time' : 'The server does not answer',
    detail: isTimeout
      ? 'The request was given up.'
      : 'There is no connection to the server that served this page.',
    advice: isTimeout
      ? 'Wait a moment, then predict again.'
      : 'Check that it is running (npm start), then predict again.',
    issues: [],
    requestId: null,
    helpUrl: null,
  };
}

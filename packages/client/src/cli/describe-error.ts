import type { ErrorCode } from '@oriel/schemas';
import { TRPCClientError } from '@trpc/client';
import { DatasetImportError } from '../datasets/dataset-import-error.ts';
import { isAbort, problemOf } from '../errors.ts';
import { JobError } from '../jobs/job-error.ts';
import { ProblemError } from '../problem-error.ts';
import { safeText } from './words.ts';

type Issues = readonly { readonly path: readonly (string | number)[]; readonly message: string }[];

const adviceOf: Partial<Record<ErrorCode, string>> = {
  UNAUTHENTICATED: 'Give an API key with ORIEL_API_KEY or --api-key.',
  ROUTE_NOT_FOUND: 'Is it the right address, without a path behind it? --url says where.',
};

/** What failed, for people: what the server says, with the fields it means and the id to ask its operator about. */
export function describeError(error: unknown, url: string): string {
  const problem = problemOf(error);
  if (problem) {
    const id = problem.requestId === '' ? '' : `, request ${problem.requestId}`;
    const text = `${problem.detail} (${problem.code}${id})${toList(problem.issues)}`;
    const advice = adviceOf[problem.code];
    return advice === undefined ? safeLines(text) : `${safeLines(text)}\n${advice}`;
  }
  if (error instanceof DatasetImportError || error instanceof JobError)
    return safeLines(`${error.message}${error.code ? ` (${error.code})` : ''}${toList(error.issues)}`);
  const reason = reasonOf(error);
  if (reason === 'ERR_SSL_WRONG_VERSION_NUMBER')
    return `${url} does not speak TLS. Is it http:// in place of https://? --url says where.`;
  if (reason !== null)
    return `${url} does not answer (${reason}). Is the server running there? --url says where.`;
  if (isAbort(error)) return `${url} did not answer in time. Try again, or ask its operator.`;
  if (isOfAnother(error))
    return `${url} answered, but not as an Oriel server does. Is it the right address? --url says where.`;
  return safeLines(error instanceof Error ? error.message : String(error));
}

function toList(issues: Issues = []): string {
  return issues.map(({ path, message }) => `\n  ${path.join('.') || 'input'}: ${message}`).join('');
}

function safeLines(text: string): string {
  return text.split('\n').map(safeText).join('\n');
}

/** Whether an answer was none of our API: a page of a proxy, or another server. */
function isOfAnother(error: unknown): boolean {
  return error instanceof ProblemError || (error instanceof TRPCClientError && !error.data);
}

/** Why there was no connection: `fetch` hides it in a cause, which may have one itself. Null for other failures. */
function reasonOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  if (!(error instanceof TypeError) || error.message !== 'fetch failed') return reasonOf(error.cause);
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message;
}

export type { ErrorCode, ErrorIssue, Problem } from '@oriel/schemas';
export type { AppRouter } from '@oriel/server';
export type { ClientCredentials } from './access-token.ts';
export type { ClientAuth } from './auth.ts';
export { type ClientOptions, createClient, createLinks, type OrielClient } from './create-client.ts';
export { hasErrorCode, isAbort, problemOf } from './errors.ts';
export { TokenError } from './token-error.ts';

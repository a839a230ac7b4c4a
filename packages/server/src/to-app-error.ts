import type { ErrorCode } from '@oriel/schemas';
import { TRPCError } from '@trpc/server';
import { z } from 'zod';
import { AppError } from './errors.ts';
import { toInputError } from './input-error.ts';

const codeOfTrpc: Partial<Record<TRPCError['code'], ErrorCode>> = {
  BAD_REQUEST: 'BODY_MALFORMED',
  PARSE_ERROR: 'BODY_MALFORMED',
  UNAUTHORIZED: 'UNAUTHENTICATED',
  FORBIDDEN: 'FORBIDDEN',
  CONFLICT: 'CONFLICT',
  TOO_MANY_REQUESTS: 'RATE_LIMITED',
  NOT_FOUND: 'ROUTE_NOT_FOUND',
  METHOD_NOT_SUPPORTED: 'METHOD_NOT_ALLOWED',
  TIMEOUT: 'REQUEST_TIMEOUT',
  PAYLOAD_TOO_LARGE: 'BODY_TOO_LARGE',
  UNSUPPORTED_MEDIA_TYPE: 'MEDIA_TYPE_UNSUPPORTED',
  CLIENT_CLOSED_REQUEST: 'REQUEST_CANCELLED',
};

/** What a route is known to allow. */
interface RouteLimits {
  /** In bytes. */
  readonly bodyLimit?: number | undefined;
}

/**
 * Whatever was thrown, as the error a caller may see. What nobody expected becomes INTERNAL: its text stays in
 * `cause` for the log and never reaches the caller.
 *
 * @param route - of the route that threw it, to tell what it allows
 */
export function toAppError(thrown: unknown, route: RouteLimits = {}): AppError {
  if (thrown instanceof AppError) return thrown;
  if (thrown instanceof TRPCError) return fromTrpc(thrown);
  if (isHttpError(thrown)) return fromHttp(thrown, route);
  return internal(thrown);
}

function fromTrpc(error: TRPCError): AppError {
  if (error.cause instanceof AppError) return error.cause;
  // output errors are ZodErrors too, with code 500: their issues are ours alone
  if (error.code === 'BAD_REQUEST' && error.cause instanceof z.core.$ZodError)
    return toInputError(error.cause);
  const code = codeOfTrpc[error.code];
  if (!code) return internal(error);
  const message =
    code === 'BODY_MALFORMED'
      ? 'The request could not be read: its body is not valid JSON or form data.'
      : error.message;
  return new AppError(code, message, { cause: error });
}

interface HttpError extends Error {
  readonly statusCode: number;
}

/** What Fastify and its plugins throw. */
function isHttpError(thrown: unknown): thrown is HttpError {
  return (
    thrown instanceof Error &&
    'statusCode' in thrown &&
    typeof thrown.statusCode === 'number' &&
    thrown.statusCode < 500
  );
}

function fromHttp(error: HttpError, { bodyLimit }: RouteLimits): AppError {
  switch (error.statusCode) {
    case 401:
      return new AppError('UNAUTHENTICATED', error.message, { cause: error });
    case 403:
      return new AppError('FORBIDDEN', error.message, { cause: error });
    case 404:
      return new AppError('ROUTE_NOT_FOUND', error.message, { cause: error });
    case 405:
      return new AppError('METHOD_NOT_ALLOWED', error.message, { cause: error });
    case 413:
      return new AppError(
        'BODY_TOO_LARGE',
        `The request body is larger than ${bodyLimit === undefined ? 'this server' : `the ${bodyLimit} bytes that this server`} accepts.`,
        { cause: error },
      );
    case 414:
      return new AppError('URL_TOO_LONG', 'The URL is longer than this server accepts.', { cause: error });
    case 415:
      return new AppError('MEDIA_TYPE_UNSUPPORTED', error.message, { cause: error });
    case 429:
      return new AppError('RATE_LIMITED', error.message, { cause: error });
    default:
      return new AppError('BODY_MALFORMED', `The request could not be read: ${error.message}`, {
        cause: error,
      });
  }
}

function internal(cause: unknown): AppError {
  return new AppError(
    'INTERNAL',
    'Something went wrong on the server. Quote the request id when you report it.',
    { cause },
  );
}

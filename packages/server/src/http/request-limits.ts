import type { FastifyRequest } from 'fastify';
import { AppError } from '../errors.ts';

interface Options {
  readonly urlCharsMax: number;
  readonly headersMax: number;
  /** Whether a connection is one more than the server takes. */
  readonly isRefused: (socket: object) => boolean;
}

/** Tells why a request is refused for its size alone, before anything of it is looked at. */
export function requestLimits({ urlCharsMax, headersMax, isRefused }: Options) {
  return ({ raw }: FastifyRequest): AppError | undefined => {
    if (isRefused(raw.socket))
      return new AppError('SERVER_OVERLOADED', 'Too many connections are open. Try again.', {
        retryAfterS: 1,
      });
    if ((raw.url?.length ?? 0) > urlCharsMax)
      return new AppError(
        'URL_TOO_LONG',
        `The URL has ${raw.url?.length} characters; at most ${urlCharsMax} are accepted. Send the input in the body of a POST.`,
      );
    // names and values in turn
    if (raw.rawHeaders.length > 2 * headersMax)
      return new AppError(
        'HEADERS_TOO_LARGE',
        `The request has more than the ${headersMax} headers that are accepted.`,
      );
    return undefined;
  };
}

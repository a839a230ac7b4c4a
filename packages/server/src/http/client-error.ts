import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { AppError, toProblem, transportOfKind } from '../errors.ts';
import { isAtOwnPace } from './own-pace.ts';
import { dataSecurityHeaders } from './security-headers.ts';

interface HttpParserError extends Error {
  readonly code?: string;
}

/** Answers what is no HTTP request that a route could see, in the words of every other error, and hangs up. */
export function answerClientError(error: HttpParserError, socket: Duplex): void {
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && isAtOwnPace(socket)) return;
  if (error.code === 'ECONNRESET' || !socket.writable || isAnswering(socket)) {
    socket.destroy();
    return;
  }
  const appError = toClientError(error);
  const requestId = randomUUID();
  const { status } = transportOfKind[appError.kind];
  const body = JSON.stringify(toProblem(appError, { requestId }));
  const headers = {
    ...dataSecurityHeaders,
    'x-request-id': requestId,
    'content-type': 'application/problem+json',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head.join('')}\r\n${body}`, () =>
    socket.destroy(),
  );
}

function toClientError({ code }: HttpParserError): AppError {
  if (code === 'HPE_HEADER_OVERFLOW')
    return new AppError(
      'HEADERS_TOO_LARGE',
      'The URL and headers of the request are larger than this server accepts.',
    );
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new AppError('REQUEST_TIMEOUT', 'The request took too long to arrive.');
  return new AppError('BODY_MALFORMED', 'The request could not be read: it is not valid HTTP.');
}

/** Whether an answer has begun: another one would end up in the middle of it. Node has no public word for this. */
function isAnswering(socket: Duplex): boolean {
  const { _httpMessage } = socket as Duplex & {
    readonly _httpMessage?: { readonly headersSent: boolean } | null;
  };
  return _httpMessage?.headersSent ?? false;
}

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { oauthMetadata, oauthPaths } from '../auth/oauth/metadata.ts';
import { OauthError } from '../auth/oauth/oauth-error.ts';
import type { SigningKeys } from '../auth/oauth/signing-keys.ts';
import type { OauthRequest, TokenService } from '../auth/oauth/token-service.ts';
import { AppError, transportOfKind } from '../errors.ts';
import { toAppError } from '../to-app-error.ts';
import { errorHeaders } from './error-headers.ts';
import type { OnRequest } from './identification.ts';
import { dataSecurityHeaders } from './security-headers.ts';
import { logFailure } from './server.ts';

interface Options {
  readonly tokens: Pick<TokenService, 'exchange' | 'revoke'>;
  readonly signingKeys: Pick<SigningKeys, 'jwks'>;
  readonly issuer: () => string;
  /** Refuses an address that asks too often. */
  readonly limitAddress: OnRequest;
  /** @throws AppError RATE_LIMITED when an address has sent too many wrong credentials */
  readonly countFailure: (ip: string) => Promise<void>;
}

/** No form of OAuth comes near it. */
const formBytesMax = 16_384;
const notKept = { 'cache-control': 'no-store', pragma: 'no-cache' };

/** OAuth 2: forms in, JSON out, and errors in the words of its own standard. */
export async function oauthDoor(
  server: FastifyInstance,
  { tokens, signingKeys, issuer, limitAddress, countFailure }: Options,
): Promise<void> {
  server.addHook('onRequest', (_request, reply, done) => {
    reply.headers(dataSecurityHeaders);
    done();
  });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: formBytesMax },
    (_request, body, done) => done(null, body),
  );
  server.addContentTypeParser('*', (_request, _payload, done) =>
    done(new AppError('MEDIA_TYPE_UNSUPPORTED', 'Send a form: application/x-www-form-urlencoded.')),
  );
  server.setErrorHandler(sendError);

  server.get(oauthPaths.metadata, async () => oauthMetadata(issuer()));
  server.get(oauthPaths.jwks, async (_request, reply) =>
    // short: a token may be signed with a key that was made this minute
    reply.header('cache-control', 'public, max-age=60').send(await signingKeys.jwks()),
  );
  const limited = { onRequest: limitAddress };
  server.post(oauthPaths.token, limited, async (request, reply) =>
    reply.headers(notKept).send(await counted(request, tokens.exchange)),
  );
  server.post(oauthPaths.revoke, limited, async (request, reply) => {
    await counted(request, tokens.revoke);
    return reply.headers(notKept).send();
  });

  async function counted<T>(
    request: FastifyRequest,
    answer: (request: OauthRequest) => Promise<T>,
  ): Promise<T> {
    let counting: Promise<void> | undefined;
    const countOnce = () => {
      counting ??= countFailure(request.ip);
      return counting;
    };
    try {
      return await answer({ ...toOauthRequest(request), countFailure: countOnce });
    } catch (error) {
      if (error instanceof OauthError && error.status === 401) await countOnce();
      throw error;
    }
  }
}

/** @throws OauthError invalid_request when a field is there more than once */
function toOauthRequest({
  headers: { authorization },
  body,
  ip,
}: FastifyRequest): Omit<OauthRequest, 'countFailure'> {
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(typeof body === 'string' ? body : '')) {
    if (fields.has(name))
      throw new OauthError('invalid_request', 'A field of the form is there more than once.');
    // a field without a value counts as one that was not sent: RFC 6749, section 3.2
    if (value !== '') fields.set(name, value);
  }
  return { authorization, fields, ip };
}

function sendError(thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.headers(notKept);
  if (thrown instanceof OauthError) {
    request.logFields.code = thrown.code;
    if (thrown.status === 401) reply.header('www-authenticate', 'Basic realm="oriel"');
    return reply.code(thrown.status).send({ error: thrown.code, error_description: thrown.message });
  }
  const error = toAppError(thrown);
  logFailure(request, error);
  reply.headers(errorHeaders([error]));
  return reply.code(statusOf(error)).send({ error: toOauthCode(error), error_description: error.message });
}

/** What is wrong with the request is 400 in this standard, whatever it is. */
function statusOf({ kind }: AppError): number {
  const { status } = transportOfKind[kind];
  return status === 415 ? 400 : status;
}

function toOauthCode(error: AppError): string {
  const status = statusOf(error);
  if (status === 429) return 'temporarily_unavailable';
  if (status < 500) return 'invalid_request';
  return status === 503 ? 'temporarily_unavailable' : 'server_error';
}

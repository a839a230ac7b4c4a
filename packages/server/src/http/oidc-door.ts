import type { ProviderRefusal } from '@oriel/schemas';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { flowCookie, flowCookieName } from '../auth/oidc/flow.ts';
import { oidcPaths } from '../auth/oidc/oidc.ts';
import { SignInRefusal } from '../auth/oidc/refusal.ts';
import type { OidcService } from '../auth/oidc/service.ts';
import { toAppError } from '../to-app-error.ts';
import { RequestExchange } from './exchange.ts';
import type { OnRequest } from './identification.ts';
import { logFailure } from './server.ts';

interface Options {
  readonly oidc: OidcService;
  readonly identify: OnRequest;
}

/** Browsers on their way to a provider and back. They are sent to the provider or to our own page, nowhere else. */
export async function oidcDoor(server: FastifyInstance, { oidc, identify }: Options): Promise<void> {
  server.addHook('onRequest', identify);
  server.addHook('onRequest', (_request, reply, done) => {
    reply.header('cache-control', 'no-store');
    done();
  });
  server.setErrorHandler(sendRefusal);

  server.get(oidcPaths.start, async (request, reply) => {
    const { location, sealedFlow } = await oidc.start(request);
    keepFlow(request, reply, sealedFlow);
    return reply.redirect(location, 303);
  });

  server.get(oidcPaths.callback, async (request, reply) => {
    const sealedFlow = readCookie(request.headers.cookie, flowCookieName(request.protocol === 'https'));
    // used up, whatever comes of it
    keepFlow(request, reply, null);
    const visitor = { principal: request.principal, exchange: new RequestExchange(request, reply) };
    await oidc.finish(visitor, queryOf(request.url), sealedFlow);
    return reply.redirect('/#/', 303);
  });
}

function keepFlow(request: FastifyRequest, reply: FastifyReply, sealed: string | null): void {
  const exchange = new RequestExchange(request, reply);
  const { name, text } = flowCookie(sealed, exchange.isSecure);
  exchange.setCookie(name, text);
}

function readCookie(header: string | undefined, name: string): string | undefined {
  const pair = header?.split(';').find((part) => part.trim().startsWith(`${name}=`));
  return pair?.trim().slice(name.length + 1);
}

function queryOf(url: string): string {
  const start = url.indexOf('?');
  return start < 0 ? '' : url.slice(start);
}

/** On the page: a person is waiting for it. */
function sendRefusal(thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply.redirect(`/#/sign-in?error=${reasonOf(thrown, request)}`, 303);
}

function reasonOf(thrown: unknown, request: FastifyRequest): ProviderRefusal {
  if (!(thrown instanceof SignInRefusal)) {
    logFailure(request, toAppError(thrown));
    return 'sign-in-failed';
  }
  const { reason, cause } = thrown;
  request.logFields.code = reason;
  // what a provider does is for the one who set it up; codes and tokens are in no message
  if (reason === 'provider-unavailable' || reason === 'sign-in-failed')
    request.log.warn(
      { requestId: request.id, reason, why: textOf(cause) },
      'sign-in with the provider failed',
    );
  return reason;
}

function textOf(cause: unknown): string | undefined {
  if (!(cause instanceof Error)) return undefined;
  const under = cause.cause instanceof Error ? `: ${cause.cause.message}` : '';
  return `${cause.message}${under}`;
}

import { randomUUID } from 'node:crypto';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import type { Config } from '../config.ts';
import { type AppError, AppError as OurError, toProblem, transportOfKind } from '../errors.ts';
import { toAppError } from '../to-app-error.ts';
import { allowOrigins } from './cors.ts';
import { crossSiteProtection } from './cross-site.ts';
import { errorHeaders } from './error-headers.ts';
import { readJsonBodies } from './json-body.ts';
import { lingerAfter } from './linger.ts';
import { createListeners } from './listener.ts';
import { methodsOfPath } from './methods-of-path.ts';
import { requestLimits } from './request-limits.ts';
import { createPageSecurityHeaders, dataSecurityHeaders } from './security-headers.ts';
import { strictTransport } from './strict-transport.ts';
import { readTlsPair } from './tls.ts';
import { toTrustProxy } from './trusted-proxies.ts';

interface Options {
  readonly config: Config;
  readonly logger: FastifyBaseLogger;
  /** True once the server is stopping: whatever comes then is refused. */
  readonly isStopping: () => boolean;
  readonly onAnswered: (request: { method: string; route: string; status: number; seconds: number }) => void;
}

const requestIdPattern = /^[\w.-]{1,64}$/;

/**
 * An HTTP server with everything that holds for every route: ids, limits, security headers, errors, one log line.
 *
 * @throws Error when it is to serve HTTPS and the certificate or its key cannot be used
 */
export async function createHttpServer({
  config,
  logger,
  isStopping,
  onAnswered,
}: Options): Promise<FastifyInstance> {
  const tls = readTlsPair(config.tls);
  const listeners = createListeners({ ...config, tls });
  const server: FastifyInstance = Fastify({
    serverFactory: listeners.serverFactory,
    // the listeners answer for themselves; Fastify would do it for one of them only
    clientErrorHandler: () => undefined,
    trustProxy: toTrustProxy(config.trustProxy),
    loggerInstance: logger,
    // one line of our own, in onResponse
    logController: new LogController({ disableRequestLogging: true }),
    // our lines name their request; a logger for each of them would be made for nothing
    childLoggerFactory: () => logger,
    bodyLimit: config.bodyBytesMax,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 5000, ignoreTrailingSlash: true },
    genReqId: ({ headers: { 'x-request-id': given } }) =>
      typeof given === 'string' && requestIdPattern.test(given) ? given : randomUUID(),
    // what the router itself refuses, before any hook: a URL that is none, or a too long part of one
    frameworkErrors(error, request, reply) {
      request.logFields = {};
      reply.headers(dataSecurityHeaders).header('x-request-id', request.id);
      sendProblem(reply, request, toAppError(error));
    },
  });

  const methodsOf = methodsOfPath(server);
  const pageSecurityHeaders = await createPageSecurityHeaders();
  const refusalOf = requestLimits({ ...config, isRefused: listeners.isRefused });
  readJsonBodies(server, config);
  server.decorateRequest('startedAt', 0);
  // each request gets its own object in onRequest; a shared one would leak between requests
  server.decorateRequest('logFields', null as never);
  // set by the doors: what has no door asks nobody who they are
  server.decorateRequest('principal', null as never);

  server.addHook('onRequest', (request, reply, done) => {
    request.startedAt = performance.now();
    request.logFields = {};
    reply
      .headers(isData(request.url) ? dataSecurityHeaders : pageSecurityHeaders)
      .header('x-request-id', request.id);
    const refusal = refusalOf(request);
    // whatever refuses a connection ends it
    if (refusal) reply.header('connection', 'close');
    done(
      isStopping() && !isProbe(request)
        ? new OurError('SERVER_STOPPING', 'The server is stopping. Try again.', { retryAfterS: 1 })
        : refusal,
    );
  });
  strictTransport(server, { ...config, canBeSecure: tls !== undefined || config.trustProxy !== false });
  await allowOrigins(server, config.corsOrigins);
  // behind a proxy that is not trusted, the request does not tell what browsers call this server
  const ownOrigins = config.publicUrl === undefined ? [] : [config.publicUrl];
  server.addHook('onRequest', crossSiteProtection([...ownOrigins, ...config.corsOrigins]));

  server.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    onAnswered({
      method: request.method,
      route,
      status: reply.statusCode,
      seconds: reply.elapsedTime / 1000,
    });
    // the route, not the URL: a query may hold user data
    const line = {
      requestId: request.id,
      method: request.method,
      route,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 100) / 100,
      ...request.logFields,
    };
    if (isProbe(request)) logger.debug(line, 'request');
    else logger.info(line, 'request');
    done();
  });

  server.setErrorHandler((thrown, request, reply) =>
    sendProblem(reply, request, toAppError(thrown, request.routeOptions)),
  );
  const sendNothing = (request: FastifyRequest, reply: FastifyReply) => {
    const methods = methodsOf(pathOf(request));
    if (methods.length > 0) reply.header('allow', methods.join(', '));
    return sendProblem(reply, request, nothingAt(request, methods));
  };
  // at once: Fastify would read a body first, and say what is wrong with that
  server.addHook('onRequest', (request, reply, done) => {
    if (request.is404) sendNothing(request, reply);
    else done();
  });
  server.setNotFoundHandler(sendNothing);
  return server;
}

/** Answers with a problem document; logs what the caller is not told. */
export function sendProblem(reply: FastifyReply, request: FastifyRequest, error: AppError): FastifyReply {
  reply.headers(errorHeaders([error]));
  lingerAfter(error, reply);
  logFailure(request, error);
  const problem = toProblem(error, { requestId: request.id, instance: pathOf(request) });
  // a string, so that no serializer rewrites the media type
  const body = JSON.stringify(
    // where clients of that protocol look
    isOpenInference(request.url) ? { ...problem, error: problem.detail } : problem,
  );
  return reply
    .code(transportOfKind[error.kind].status)
    .header('content-type', 'application/problem+json')
    .send(body);
}

/** Unknown failures go to the log with all we know; expected ones only leave their code on the request's line. */
export function logFailure(request: FastifyRequest, error: AppError): void {
  request.logFields.code = error.code;
  if (error.kind === 'internal')
    request.log.error(
      { requestId: request.id, err: error.cause ?? error, code: error.code },
      'request failed',
    );
}

/** @param methods - what the path takes, where there is such a path */
function nothingAt(request: FastifyRequest, methods: readonly string[]): OurError {
  const { method } = request;
  const path = pathOf(request);
  if (methods.length > 0)
    return new OurError('METHOD_NOT_ALLOWED', `${path} takes ${methods.join(', ')}, not ${method}.`);
  return new OurError(
    'ROUTE_NOT_FOUND',
    `There is nothing at ${method} ${path}. The API is described at /docs.`,
  );
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? request.url;
}

/** Whether the answer is for programs. */
function isData(url: string): boolean {
  return url.startsWith('/api/') || url.startsWith('/trpc/') || isOpenInference(url);
}

function isOpenInference(url: string): boolean {
  return /^\/v2(?:[/?]|$)/.test(url);
}

function isProbe(request: FastifyRequest): boolean {
  const { url } = request;
  return url.startsWith('/health/') || url.startsWith('/v2/health/') || url === '/metrics';
}

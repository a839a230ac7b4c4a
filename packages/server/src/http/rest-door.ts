import type { AnyTRPCProcedure } from '@trpc/server';
import type { FastifyInstance, FastifyRequest, HookHandlerDoneFunction } from 'fastify';
import type { z } from 'zod';
import { AppError } from '../errors.ts';
import { callProcedure } from '../trpc/call-procedure.ts';
import type { Meta } from '../trpc/procedures.ts';
import { readUpload } from '../trpc/uploads.ts';
import { abortSignalOf } from './abort-signal.ts';
import { asyncPredictions } from './async-predictions.ts';
import { checkNotEncoded } from './content-encoding.ts';
import { earlyRefusalOf } from './early-refusal.ts';
import { checkForm, type FormLimits } from './form-limits.ts';
import type { OnRequest } from './identification.ts';
import { jobDoorPaths } from './job-door.ts';
import { notRead, refuseOtherBodies } from './json-body.ts';
import { isAsyncPreferred } from './prefer.ts';
import { queryCoercion } from './query-coercion.ts';
import type { CreateContext } from './request-context.ts';
import { readQuery, withParams } from './rest-input.ts';

/** What REST needs to know of a procedure. Semi-internal in tRPC: pinned, and covered by a test. */
type RestProcedure = AnyTRPCProcedure & {
  readonly _def: { readonly meta?: Meta; readonly inputs: readonly z.ZodType[] };
};

interface Options {
  readonly procedures: Readonly<Record<string, unknown>>;
  readonly createContext: CreateContext;
  /** Finds out who is calling. */
  readonly identify: OnRequest;
  readonly limits: FormLimits;
}

/**
 * REST at `/api/v1/*`: one route for each procedure that says where it belongs. The route only translates; the
 * procedure validates, so what one door accepts every door accepts.
 */
export async function restDoor(
  server: FastifyInstance,
  { procedures, createContext, identify, limits }: Options,
): Promise<void> {
  server.addHook('onRequest', identify);
  server.addHook('onRequest', ({ headers }, _reply, done) => {
    checkNotEncoded(headers);
    done();
  });
  server.addContentTypeParser(
    'multipart/form-data',
    { parseAs: 'buffer' },
    (request: FastifyRequest, body: Buffer) => readForm(request, body, limits),
  );
  server.addContentTypeParser(/^image\//, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  server.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
  refuseOtherBodies(server);

  const answerAsync = asyncPredictions(procedures, createContext);
  for (const [path, procedure] of Object.entries(procedures)) {
    // the router's values are procedures; a test calls every one of them over REST
    const rest = procedure as RestProcedure;
    if (rest._def.meta?.openapi && rest._def.type !== 'subscription' && !jobDoorPaths.has(path))
      addRoute(server, path, rest, { createContext, answerAsync });
  }
}

interface RouteOptions {
  readonly createContext: CreateContext;
  readonly answerAsync: ReturnType<typeof asyncPredictions>;
}

function addRoute(
  server: FastifyInstance,
  path: string,
  procedure: RestProcedure,
  { createContext, answerAsync }: RouteOptions,
): void {
  const { meta, inputs, type } = procedure._def;
  if (!meta?.openapi) return;
  const { method, path: template } = meta.openapi;
  const [schema] = inputs;
  const { coerce, names } = queryCoercion(schema);
  const isReading = method === 'GET' || method === 'DELETE';
  const queryNames = isReading ? names.filter((name) => !template.includes(`{${name}}`)) : [];
  const field = meta.media?.field;

  async function readInput(request: FastifyRequest): Promise<unknown> {
    const query = readQuery(request.query, queryNames);
    const params = coerce(request.params as Record<string, unknown>);
    return isReading ? { ...coerce(query), ...params } : withParams(await readBody(request, field), params);
  }

  server.route({
    method,
    url: template.replaceAll(/\{(\w+)\}/g, ':$1'),
    config: { mediaTypes: meta.media?.types },
    // after the door's own hook, which finds out who is calling
    ...(!isReading && {
      onRequest: (request: FastifyRequest, _reply: unknown, done: HookHandlerDoneFunction) => {
        // what becomes a job can wait, and is another procedure's to allow
        const isForNow = !isAsyncPreferred(request.headers.prefer);
        const { services } = createContext;
        done((isForNow ? earlyRefusalOf(meta, { request, services }) : null) ?? undefined);
      },
    }),
    async handler(request, reply) {
      if (await answerAsync(path, request, reply)) return reply;
      // a procedure that takes nothing never asks for its input
      if (!schema) readQuery(request.query, []);
      const answer = await callProcedure(procedure, {
        ctx: createContext(request, reply, 'rest'),
        path,
        type: type === 'query' ? 'query' : 'mutation',
        // asked for once it is known that the caller may call
        getRawInput: () => readInput(request),
        signal: abortSignalOf(reply),
        batchIndex: 0,
      });
      // a string: Fastify would look for a schema to write an object with
      return reply.header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(answer));
    },
  });
}

/** The same parser as tRPC's, so that a form means the same at both doors. */
async function readForm(request: FastifyRequest, body: Buffer, limits: FormLimits): Promise<FormData> {
  const headers = { 'content-type': request.headers['content-type'] ?? '' };
  checkForm(body, headers['content-type'], limits);
  try {
    return await new Response(new Uint8Array(body), { headers }).formData();
  } catch (cause) {
    throw new AppError('BODY_MALFORMED', 'The form could not be read: it is not valid multipart/form-data.', {
      cause,
    });
  }
}

async function readBody({ body }: FastifyRequest, field: string | undefined): Promise<unknown> {
  if (!(body instanceof Uint8Array || body instanceof FormData)) return body;
  if (field !== undefined) return readUpload(body, field);
  throw notRead();
}

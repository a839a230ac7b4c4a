import { modelIdSchema, modelVersionSchema, quickParse, type Scope } from '@oriel/schemas';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { refusalOf } from '../auth/access.ts';
import { AppError } from '../errors.ts';
import { toInputError } from '../input-error.ts';
import { serverMetadata } from '../open-inference/metadata.ts';
import {
  headerLengthHeader,
  type InferenceBody,
  readHeaderLength,
  splitBody,
} from '../open-inference/request.ts';
import type { InferenceService } from '../open-inference/service.ts';
import { abortSignalOf } from './abort-signal.ts';
import { checkNotEncoded } from './content-encoding.ts';
import type { OnRequest } from './identification.ts';
import { checkUtf8, notRead } from './json-body.ts';
import { checkJsonDepth } from './json-depth.ts';
import type { Readiness } from './probes.ts';
import type { CreateContext } from './request-context.ts';
import { readQuery } from './rest-input.ts';

interface Options {
  readonly inference: InferenceService;
  readonly createContext: CreateContext;
  /** Finds out who is calling, and counts the request. */
  readonly identify: OnRequest;
  readonly readiness: () => Promise<Readiness>;
  readonly jsonDepthMax: number;
}

const namesSchema = z.object({ model: modelIdSchema, version: modelVersionSchema.optional() });
const indexSchema = z.looseObject({ ready: z.boolean().optional() });

/**
 * The Open Inference Protocol at `/v2/*`: tensors in, tensors out, for programs that know no contracts. This door reads
 * and writes HTTP; what the protocol says is in open-inference/.
 *
 * @see https://github.com/kserve/open-inference-protocol, "HTTP/REST"
 */
export async function openInferenceDoor(server: FastifyInstance, options: Options): Promise<void> {
  const { readiness } = options;
  server.get('/', async () => serverMetadata);
  server.get('/health/live', async () => ({ live: true }));
  server.get('/health/ready', async (_request, reply) => {
    const { isReady } = await readiness();
    return reply.code(isReady ? 200 : 503).send({ ready: isReady });
  });
  for (const action of ['load', 'unload'])
    server.post(`/repository/models/:model/${action}`, { onRequest: refuseToLoad }, refuseToLoad);
  // the options hold the prefix of this door, which would be put before those paths once more
  await server.register(modelRoutes, { ...options, prefix: '' });
}

/** What needs to know who is calling. */
async function modelRoutes(server: FastifyInstance, options: Options): Promise<void> {
  const { inference, createContext, identify, jsonDepthMax } = options;
  server.addHook('onRequest', identify);
  server.addHook('onRequest', (request, _reply, done) => {
    checkNotEncoded(request.headers);
    done();
  });
  // whatever its type: clients that send bytes behind their JSON often name none
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

  for (const path of ['/models/:model', '/models/:model/versions/:version']) {
    server.get(path, { onRequest: mayCall('models:read') }, async (request) => {
      readQuery(request.query, []);
      return inference.describe(namesOf(request));
    });
    server.get(`${path}/ready`, { onRequest: mayCall('models:read') }, async (request, reply) => {
      readQuery(request.query, []);
      const names = namesOf(request);
      const isReady = inference.isReady(names);
      return reply.code(isReady ? 200 : 503).send({ name: names.model, ready: isReady });
    });
    server.post(`${path}/infer`, { onRequest: [mayCall('predict'), refuseEarly] }, infer);
  }

  server.post('/repository/index', { onRequest: mayCall('models:read') }, async (request) => {
    readQuery(request.query, []);
    const parsed = quickParse(indexSchema, isEmpty(request.body) ? {} : readJson(request, jsonDepthMax));
    if (!parsed.success) throw toInputError(parsed.error);
    return inference.index(request.principal.models, { onlyReady: parsed.data.ready ?? false });
  });

  /** Before a body is read, which under overload costs more than all else that is done for it. */
  function refuseEarly(...[request, , done]: Parameters<OnRequest>): void {
    done(inference.refuseNow(namesOf(request)) ?? undefined);
  }

  async function infer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    readQuery(request.query, []);
    const { json, binary } = await inference.infer(createContext(request, reply, 'rest'), {
      ...namesOf(request),
      body: readBody(request, jsonDepthMax),
      signal: abortSignalOf(reply),
    });
    if (binary.length === 0)
      return reply.header('content-type', 'application/json; charset=utf-8').send(json);
    const head = Buffer.from(json);
    return reply
      .header('content-type', 'application/octet-stream')
      .header(headerLengthHeader, head.byteLength)
      .send(Buffer.concat([head, ...binary]));
  }
}

/** Refuses who may not call a model before its body is read. */
function mayCall(scope: Scope): OnRequest {
  return (request, _reply, done) => {
    const { model } = request.params as { readonly model?: string };
    const access = { kind: 'scope', scope, ...(model !== undefined && { model }) } as const;
    done(refusalOf(request.principal, access) ?? undefined);
  };
}

/** @throws AppError INPUT_INVALID */
function namesOf(request: FastifyRequest): z.infer<typeof namesSchema> {
  const parsed = quickParse(namesSchema, request.params);
  if (!parsed.success) throw toInputError(parsed.error);
  // the route does not tell which model was called
  request.logFields.model = parsed.data.model;
  return parsed.data;
}

/** @throws AppError INPUT_INVALID, BODY_MALFORMED, MEDIA_TYPE_UNSUPPORTED */
function readBody(request: FastifyRequest, jsonDepthMax: number): InferenceBody {
  const headerLength = readHeaderLength(request.headers[headerLengthHeader]);
  const body = request.body instanceof Uint8Array ? request.body : new Uint8Array();
  if (headerLength === undefined) return { json: readJson(request, jsonDepthMax), binary: new Uint8Array() };
  const { head, binary } = splitBody(body, headerLength);
  return { json: headerLength === 0 ? undefined : parseJson(head, jsonDepthMax), binary };
}

function readJson({ headers, body }: FastifyRequest, jsonDepthMax: number): unknown {
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? 'application/json';
  if (type !== 'application/json') throw notRead();
  return parseJson(body instanceof Uint8Array ? body : new Uint8Array(), jsonDepthMax);
}

function parseJson(bytes: Uint8Array, jsonDepthMax: number): unknown {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  checkUtf8(text);
  checkJsonDepth(text, jsonDepthMax);
  try {
    return JSON.parse(text.toString());
  } catch (cause) {
    throw new AppError('BODY_MALFORMED', 'The request could not be read: it is not valid JSON.', { cause });
  }
}

function isEmpty(body: unknown): boolean {
  return !(body instanceof Uint8Array) || body.byteLength === 0;
}

function refuseToLoad(): never {
  const message =
    'Models are loaded when the server starts: this server loads and unloads none at the wish of a caller.';
  throw new AppError('ROUTE_NOT_FOUND', message);
}

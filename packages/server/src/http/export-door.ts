import { type ExportFormat, type ExportRowsInput, exportRowsInputSchema } from '@oriel/schemas';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { reachOf } from '../auth/principal.ts';
import { toContentDisposition } from '../datasets/source-name.ts';
import { AppError } from '../errors.ts';
import { toInputError } from '../input-error.ts';
import { abortSignalOf } from './abort-signal.ts';
import { checkNotEncoded } from './content-encoding.ts';
import type { OnRequest } from './identification.ts';
import { refuseOtherBodies } from './json-body.ts';
import { checkJsonDepth } from './json-depth.ts';
import type { CreateContext } from './request-context.ts';
import { readQuery, withParams } from './rest-input.ts';
import { scopeCheck } from './scope-check.ts';

interface Options {
  readonly createContext: CreateContext;
  /** Finds out who is calling. */
  readonly identify: OnRequest;
  readonly limits: { readonly jsonDepthMax: number };
}

type ReadInput = (request: FastifyRequest) => unknown;

const url = '/datasets/:id/export';

const mediaTypes: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  ndjson: 'application/x-ndjson',
  parquet: 'application/vnd.apache.parquet',
};

/**
 * Datasets as files that leave: `GET /datasets/{id}/export`, and the same as a POST for what is too long for a URL. A
 * stream of any size, so it does not go through a procedure; who may call is settled before a byte of a body is read.
 */
export async function exportDoor(
  server: FastifyInstance,
  { createContext, identify, limits }: Options,
): Promise<void> {
  server.addHook('onRequest', identify);
  refuseOtherBodies(server);
  const checkScope = scopeCheck('datasets:read');

  server.route({
    // both here: Fastify's own HEAD would make the whole file, and throw it away
    method: ['GET', 'HEAD'],
    url,
    onRequest: checkScope,
    handler: (request, reply) => sendFile(request, reply, (asked) => readUrl(asked, limits.jsonDepthMax)),
  });
  server.post(url, { onRequest: [checkScope, checkUnpacked] }, (request, reply) =>
    sendFile(request, reply, readBody),
  );

  async function sendFile(
    request: FastifyRequest,
    reply: FastifyReply,
    read: ReadInput,
  ): Promise<FastifyReply> {
    const ctx = createContext(request, reply, 'rest');
    const caller = { ...ctx, reach: reachOf(ctx.principal) };
    const { datasets } = ctx.services;
    const input = parseExport(read(request));
    const file =
      request.method === 'HEAD'
        ? { ...(await datasets.describeExport(caller, input)), stream: undefined }
        : await datasets.exportRows(caller, input, abortSignalOf(reply));
    return reply
      .header('content-type', mediaTypes[input.format])
      .header('content-disposition', toContentDisposition(file.name, input.format))
      .send(file.stream);
  }
}

const checkUnpacked: OnRequest = ({ headers }, _reply, done) => {
  checkNotEncoded(headers);
  done();
};

/** @throws AppError INPUT_INVALID */
function parseExport(input: unknown): ExportRowsInput {
  const parsed = exportRowsInputSchema.safeParse(input);
  if (!parsed.success) throw toInputError(parsed.error);
  return parsed.data;
}

/** As the POST of a procedure has it. */
function readBody({ params, query, body }: FastifyRequest): unknown {
  readQuery(query, []);
  return withParams(body, paramsOf(params));
}

function paramsOf(params: unknown): Record<string, unknown> {
  // what Fastify takes from a path is an object of texts
  return params as Record<string, unknown>;
}

const jsonParameters = ['columns', 'filter', 'sort'] as const;
/** The parameters of an export's query. */
export const exportNames = Object.keys(exportRowsInputSchema.shape).filter((name) => name !== 'id');

/** Lists and filters come as JSON in their parameter. */
function readUrl({ params, query }: FastifyRequest, jsonDepthMax: number): unknown {
  const texts = { ...readQuery(query, exportNames), ...paramsOf(params) };
  if (typeof texts.version === 'string' && /^\d{1,9}$/.test(texts.version))
    texts.version = Number(texts.version);
  for (const name of jsonParameters)
    if (texts[name] !== undefined) texts[name] = parseJson(name, texts[name], jsonDepthMax);
  return texts;
}

function parseJson(name: string, text: unknown, depthMax: number): unknown {
  try {
    if (typeof text === 'string') {
      checkJsonDepth(Buffer.from(text), depthMax);
      return JSON.parse(text);
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
  }
  const message = 'must be JSON, once';
  throw new AppError('INPUT_INVALID', `The input is not valid. ${name}: ${message}`, {
    issues: [{ path: [name], rule: 'json', message }],
  });
}

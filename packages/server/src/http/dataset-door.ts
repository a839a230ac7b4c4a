import { type ExportFormat, exportRowsInputSchema } from '@oriel/schemas';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { refusalOf } from '../auth/access.ts';
import { reachOf } from '../auth/principal.ts';
import { toContentDisposition } from '../datasets/source-name.ts';
import { AppError } from '../errors.ts';
import { toInputError } from '../input-error.ts';
import { abortSignalOf } from './abort-signal.ts';
import { receiveUpload, type UploadLimits } from './dataset-upload.ts';
import type { OnRequest } from './identification.ts';
import { checkJsonDepth } from './json-depth.ts';
import { goAtOwnPace } from './own-pace.ts';
import type { CreateContext } from './request-context.ts';
import { readQuery } from './rest-input.ts';

interface Options {
  readonly createContext: CreateContext;
  /** Finds out who is calling. */
  readonly identify: OnRequest;
  readonly limits: UploadLimits & { readonly jsonDepthMax: number };
}

const scopeOf = { upload: 'datasets:write', export: 'datasets:read' } as const;
type Operation = keyof typeof scopeOf;

const mediaTypes: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  ndjson: 'application/x-ndjson',
  parquet: 'application/vnd.apache.parquet',
};

/**
 * Datasets as files, in and out: `POST /datasets/upload` and `GET /datasets/{id}/export`. Both are streams of any size, so
 * neither goes through a procedure; who may call is settled before a byte of a body is read.
 */
export async function datasetDoor(
  server: FastifyInstance,
  { createContext, identify, limits }: Options,
): Promise<void> {
  server.addHook('onRequest', identify);
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', (_request, payload, done) => done(null, payload));

  server.post('/datasets/upload', { onRequest: checkAccess('upload') }, async (request, reply) => {
    using _pace = goAtOwnPace(request);
    const { ctx, caller } = contextOf(request, reply);
    const dataset = await receiveUpload(request, {
      datasets: ctx.services.datasets,
      caller,
      idempotencyKey: ctx.idempotencyKey,
      signal: abortSignalOf(reply),
      limits,
    });
    return reply
      .code(201)
      .header('location', `/api/v1/datasets/${dataset.id}`)
      .header('content-type', 'application/json; charset=utf-8')
      .send(JSON.stringify(dataset));
  });

  server.route({
    // both here: Fastify's own HEAD would make the whole file, and throw it away
    method: ['GET', 'HEAD'],
    url: '/datasets/:id/export',
    onRequest: checkAccess('export'),
    async handler(request, reply) {
      const { ctx, caller } = contextOf(request, reply);
      const { datasets } = ctx.services;
      const input = parseExport(request, limits.jsonDepthMax);
      const file =
        request.method === 'HEAD'
          ? { ...(await datasets.describeExport(caller, input)), stream: undefined }
          : await datasets.exportRows(caller, input, abortSignalOf(reply));
      return reply
        .header('content-type', mediaTypes[input.format])
        .header('content-disposition', toContentDisposition(file.name, input.format))
        .send(file.stream);
    },
  });

  function contextOf(request: FastifyRequest, reply: FastifyReply) {
    const ctx = createContext(request, reply, 'rest');
    return { ctx, caller: { ...ctx, reach: reachOf(ctx.principal) } };
  }
}

/** The same answer as a procedure's, as soon as it is known who calls. */
function checkAccess(operation: Operation): OnRequest {
  return ({ principal }, _reply, done) => {
    const refusal = refusalOf(principal, { kind: 'scope', scope: scopeOf[operation], rows: 'own' });
    done(refusal ?? undefined);
  };
}

const jsonParameters = ['columns', 'filter', 'sort'] as const;
/** The parameters of an export's query. */
export const exportNames = Object.keys(exportRowsInputSchema.shape).filter((name) => name !== 'id');

/** Lists and filters come as JSON in their parameter. */
function parseExport({ params, query }: FastifyRequest, jsonDepthMax: number) {
  const texts = { ...readQuery(query, exportNames), ...(params as Record<string, unknown>) };
  if (typeof texts.version === 'string' && /^\d{1,9}$/.test(texts.version))
    texts.version = Number(texts.version);
  for (const name of jsonParameters)
    if (texts[name] !== undefined) texts[name] = parseJson(name, texts[name], jsonDepthMax);
  const parsed = exportRowsInputSchema.safeParse(texts);
  if (!parsed.success) throw toInputError(parsed.error);
  return parsed.data;
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

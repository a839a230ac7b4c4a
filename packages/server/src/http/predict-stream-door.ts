import { Readable } from 'node:stream';
import { type AnyContract, modelVersionSchema } from '@oriel/schemas';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { refusalOf } from '../auth/access.ts';
import type { Principal } from '../auth/principal.ts';
import { AppError } from '../errors.ts';
import { toInputError } from '../input-error.ts';
import { type Limits, rateLimited } from '../limits/limits.ts';
import type { Quotas } from '../limits/quotas.ts';
import type { createStreamPredictor } from '../predictions/predict-stream.ts';
import { readCsv } from '../predictions/read-csv.ts';
import { readNdjson } from '../predictions/read-ndjson.ts';
import type { RowBatch } from '../predictions/row-batch.ts';
import { abortSignalOf } from './abort-signal.ts';
import { type BodyReader, createBodyReader } from './body-reader.ts';
import { checkNotEncoded } from './content-encoding.ts';
import type { OnRequest } from './identification.ts';
import { createIdleWatch } from './idle-watch.ts';
import { checkJsonDepth } from './json-depth.ts';
import { goAtOwnPace } from './own-pace.ts';
import { deadlineHeader, readDeadline } from './request-context.ts';
import { readQuery } from './rest-input.ts';
import { logFailure } from './server.ts';

interface Options {
  readonly contracts: Readonly<Record<string, AnyContract>>;
  readonly streams: ReturnType<typeof createStreamPredictor>;
  /** Finds out who is calling, and counts the request. */
  readonly identify: OnRequest;
  /** Whether a caller may go on that was let in a while ago. */
  readonly isStillKnown: (principal: Principal) => Promise<boolean>;
  readonly limits: Pick<Limits, 'take'>;
  readonly quotas: Pick<Quotas, 'take'>;
  readonly jsonDepthMax: number;
  /** A stream on which nothing goes on for so long is ended. */
  readonly idleMs: number;
}

/** So many rows count as a request: the first ones are the request's own. */
const rowsPerRequest = 1000;

const querySchema = z.strictObject({ version: modelVersionSchema.optional() });

const csvTypes: ReadonlySet<string> = new Set(['text/csv', 'application/csv']);
const ndjsonTypes: ReadonlySet<string> = new Set([
  'application/x-ndjson',
  'application/ndjson',
  'application/jsonl',
  'application/x-jsonlines',
]);

/**
 * `POST /api/v1/models/{id}/predict-stream`: rows in, as lines of JSON or as CSV, and a line of JSON out for each, while
 * the rows still come. Nothing of it is held: a caller that does not read is not read from.
 */
export async function predictStreamDoor(server: FastifyInstance, options: Options): Promise<void> {
  server.addHook('onRequest', options.identify);
  server.removeAllContentTypeParsers();
  // the body is read by the handler, as it comes
  server.addContentTypeParser('*', (_request, _body, done) => done(null));
  const open = new Set<BodyReader>();
  server.addHook('preClose', (done) => {
    for (const body of open) body.stop(stopping());
    done();
  });
  for (const contract of Object.values(options.contracts))
    server.post(`/models/${contract.id}/predict-stream`, (request, reply) =>
      answer({ ...options, contract, request, reply, open }),
    );
}

interface Call extends Options {
  readonly contract: AnyContract;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** What is being read. */
  readonly open: Set<BodyReader>;
}

async function answer(call: Call): Promise<FastifyReply> {
  const { contract, request, reply, streams, idleMs, open } = call;
  const refusal = refusalOf(request.principal, { kind: 'scope', scope: 'predict', model: contract.id });
  if (refusal) throw refusal;
  const read = readerOf(call);
  const version = readVersion(request);
  const deadlineMs = readDeadline(request);
  await streams.checkReady({ contract, version });

  const pace = goAtOwnPace(request);
  const body = createBodyReader(request.raw);
  open.add(body);
  const watch = createIdleWatch(idleMs, () => onIdle());
  const lateAfter =
    deadlineMs === undefined ? undefined : setTimeout(() => body.stop(late(deadlineMs)), deadlineMs);
  let isStopped = false;
  const answers = streams.predictStream({
    contract,
    version,
    principalId: request.principal.id,
    batches: read(body),
    countRows: rowCounter(call),
    signal: abortSignalOf(reply),
    watch,
    onEnd: (error) => logFailure(request, error),
  });
  reply.raw.once('close', () => {
    watch.close();
    clearTimeout(lateAfter);
    open.delete(body);
    pace[Symbol.dispose]();
  });
  reply.header('content-type', 'application/x-ndjson; charset=utf-8').header('cache-control', 'no-store');
  // whoever waits for the head of the answer before it sends would wait for ever
  setImmediate(() => reply.raw.headersSent || reply.raw.destroyed || reply.raw.flushHeaders());
  return reply.send(Readable.from(released(), { highWaterMark: 1 }));

  async function* released(): AsyncGenerator<string, void> {
    try {
      yield* answers;
    } finally {
      body.release();
    }
  }

  /** Said first; a caller that does not even read that is cut off. */
  function onIdle(): void {
    if (isStopped) request.raw.socket.destroy();
    isStopped = true;
    const message = `Nothing was sent or read for ${Math.round(idleMs / 1000)} s. The stream ends here.`;
    body.stop(new AppError('REQUEST_TIMEOUT', message));
  }
}

/** @throws AppError MEDIA_TYPE_UNSUPPORTED */
function readerOf({ request: { headers }, contract, jsonDepthMax }: Call) {
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  checkNotEncoded(headers);
  const checkDepth = (json: string) => {
    // each level opens and closes: most lines are too short, or have too few, to be deep
    if (json.length > 2 * jsonDepthMax) checkJsonDepth(Buffer.from(json), jsonDepthMax);
  };
  if (csvTypes.has(type)) return (body: AsyncIterable<Uint8Array>) => readCsv(body, contract);
  if (ndjsonTypes.has(type))
    return (body: AsyncIterable<Uint8Array>): AsyncIterable<RowBatch> => readNdjson(body, { checkDepth });
  throw new AppError(
    'MEDIA_TYPE_UNSUPPORTED',
    'This operation reads rows: send lines of JSON as application/x-ndjson, or text/csv.',
  );
}

/** @throws AppError INPUT_INVALID */
function readVersion({ query }: FastifyRequest): string | undefined {
  const parsed = querySchema.safeParse(readQuery(query, ['version']));
  if (parsed.success) return parsed.data.version;
  throw toInputError(parsed.error);
}

/** A stream may outlive its caller's right to it. Rows count as the requests that they would be if they came by the thousand. */
function rowCounter({ request: { principal, ip }, isStillKnown, limits, quotas }: Call) {
  let rows = 0;
  let counted = 1;
  return async (count: number): Promise<void> => {
    if (!(await isStillKnown(principal))) throw ended();
    rows += count;
    const requests = Math.ceil(rows / rowsPerRequest) - counted;
    if (requests <= 0) return;
    counted += requests;
    await quotas.take(principal, requests);
    const standing = await limits.take(principal, () => ip, requests);
    if (standing?.isRefused) throw rateLimited(standing);
  };
}

function ended(): AppError {
  const message = 'The API key was revoked or is over, the session has ended, or the account was disabled.';
  return new AppError('UNAUTHENTICATED', `${message} The stream ends here.`);
}

function stopping(): AppError {
  const message = 'The server is stopping. The stream ends here: send the rest again in a moment.';
  return new AppError('SERVER_STOPPING', message, { retryAfterS: 1 });
}

function late(deadlineMs: number): AppError {
  const message = `The stream was not over ${deadlineMs} ms after it began, which ${deadlineHeader} allows. It ends here.`;
  return new AppError('DEADLINE_EXCEEDED', message);
}

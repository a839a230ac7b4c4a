import { Readable } from 'node:stream';
import { getJobInputSchema, type Job } from '@oriel/schemas';
import type { AnyTRPCProcedure } from '@trpc/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { reachOf } from '../auth/principal.ts';
import { AppError } from '../errors.ts';
import { toInputError } from '../input-error.ts';
import type { JobService } from '../jobs/service.ts';
import { callProcedure } from '../trpc/call-procedure.ts';
import { abortSignalOf } from './abort-signal.ts';
import { exportNames } from './export-door.ts';
import type { OnRequest } from './identification.ts';
import { isKnown, type KnownTags, readIfNoneMatch } from './if-none-match.ts';
import { waitOf } from './prefer.ts';
import { queryCoercion } from './query-coercion.ts';
import type { CreateContext } from './request-context.ts';
import { readQuery } from './rest-input.ts';
import { eventFrames } from './server-sent-events.ts';

type Procedures = Readonly<Record<string, unknown>>;

interface Options {
  readonly services: { readonly jobs: Pick<JobService, 'watch'> };
  readonly procedures: Procedures;
  readonly createContext: CreateContext;
  /** Finds out who is calling. */
  readonly identify: OnRequest;
}

/** What this door answers itself, in place of the procedure of that path. */
export const jobDoorPaths: ReadonlySet<string> = new Set(['jobs.get']);

/** Jobs over HTTP, as far as HTTP has its own ways: conditional and preferred answers, streams of events, redirects. */
export async function jobDoor(
  server: FastifyInstance,
  { services, procedures, createContext, identify }: Options,
): Promise<void> {
  server.addHook('onRequest', identify);
  const { coerce } = queryCoercion(getJobInputSchema);

  server.get('/jobs/:id', async (request, reply) => {
    const known = readIfNoneMatch(request.headers['if-none-match']);
    const revision = newestOf(known);
    const preferred = waitOf(request.headers.prefer);
    const job = await getJob(request, reply, (query) => ({
      ...(preferred !== null && { waitS: preferred }),
      ...(revision !== undefined && { revision }),
      ...coerce(readQuery(query, ['waitS', 'revision'])),
    }));
    if (preferred !== null) reply.header('preference-applied', `wait=${preferred}`);
    const etag = `"${job.revision}"`;
    reply.header('etag', etag).header('cache-control', 'private, no-cache').header('vary', 'prefer');
    if (isKnown(known, etag)) return reply.code(304).send();
    return reply.header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(job));
  });

  // both here: Fastify's own HEAD would watch until the job is over, for nobody
  server.route({ method: ['GET', 'HEAD'], url: '/jobs/:id/events', handler: sendEvents });

  async function sendEvents(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const header = request.headers['last-event-id'];
    let asked: string | undefined;
    const job = await getJob(request, reply, (query) => {
      ({ lastEventId: asked } = readEventQuery(query));
      return {};
    });
    const lastEventId = typeof header === 'string' ? header : asked;
    // what a browser is answered that has seen the end: it would ask again and again else
    if (job.finishedAt !== null && lastEventId === String(job.revision)) return reply.code(204).send();
    const stream = request.method === 'HEAD' ? undefined : await openStream(request, reply, job, lastEventId);
    return reply
      .header('content-type', 'text/event-stream; charset=utf-8')
      .header('cache-control', 'no-store, no-transform')
      .header('x-accel-buffering', 'no')
      .send(stream);
  }

  async function openStream(
    { principal }: FastifyRequest,
    reply: FastifyReply,
    { id }: Job,
    lastEventId: string | undefined,
  ): Promise<Readable> {
    const events = await services.jobs.watch(reachOf(principal), { id, lastEventId }, abortSignalOf(reply));
    return Readable.from(eventFrames(events, toFrame), { objectMode: false });
  }

  server.get('/jobs/:id/results', async (request, reply) => {
    const { id, state, resultsId } = await getJob(request, reply, (query) => {
      readQuery(query, exportNames);
      return {};
    });
    if (resultsId === null)
      throw new AppError('DATASET_NOT_READY', `The job "${id}" is ${state}, and has no results.`);
    const query = new URLSearchParams(request.url.split('?', 2)[1]);
    // what the job made: somebody may have sent other versions of that dataset since
    if (!query.has('version')) query.set('version', '1');
    return reply.redirect(`/api/v1/datasets/${resultsId}/export?${query}`, 307);
  });

  /**
   * As the procedure does it, with all that it checks.
   *
   * @param read - makes its input of the query, once the caller may call
   */
  async function getJob(
    request: FastifyRequest,
    reply: FastifyReply,
    read: (query: unknown) => object,
  ): Promise<Job> {
    const { id } = request.params as { id: string };
    const answer = await callProcedure(procedures['jobs.get'] as AnyTRPCProcedure, {
      ctx: createContext(request, reply, 'rest'),
      path: 'jobs.get',
      type: 'query',
      getRawInput: async () => ({ ...read(request.query), id }),
      signal: abortSignalOf(reply),
      batchIndex: 0,
    });
    // the procedure's output schema is that of a job
    return answer as Job;
  }
}

/** An empty one is what a page has that has seen none yet. */
const eventQuerySchema = z.strictObject({
  lastEventId: z
    .string()
    .regex(/^\d{0,9}$/, 'must be the id of an event')
    .optional(),
});

function readEventQuery(query: unknown): z.infer<typeof eventQuerySchema> {
  const parsed = eventQuerySchema.safeParse(readQuery(query, ['lastEventId']));
  if (!parsed.success) throw toInputError(parsed.error);
  return parsed.data;
}

function toFrame(job: Job): string {
  return `id: ${job.revision}\ndata: ${JSON.stringify(job)}\n\n`;
}

/** The newest revision of a job that a caller has: one that waits does so for what comes after it. */
function newestOf(known: KnownTags): number | undefined {
  if (known === '*') return undefined;
  const revisions = [...known].flatMap((tag) => /^"(\d{1,9})"$/.exec(tag)?.[1] ?? []);
  return revisions.length === 0 ? undefined : Math.max(...revisions.map(Number));
}

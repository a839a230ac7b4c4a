import type { IncomingHttpHeaders } from 'node:http';
import { type AnyTRPCProcedure, type AnyTRPCRouter, getTRPCErrorFromUnknown } from '@trpc/server';
import {
  getErrorShape,
  getHTTPStatusCode,
  transformTRPCResponse,
} from '@trpc/server/unstable-core-do-not-import';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { toAppError } from '../to-app-error.ts';
import { callProcedure } from '../trpc/call-procedure.ts';
import type { Context } from '../trpc/context.ts';
import { abortSignalOf } from './abort-signal.ts';
import { errorHeaders } from './error-headers.ts';

interface Options {
  readonly router: AnyTRPCRouter;
  readonly callsPerBatchMax: number;
  readonly createContext: (request: FastifyRequest, reply: FastifyReply) => Context;
  readonly onError: (request: FastifyRequest, error: Error) => void;
}

interface Call {
  readonly path: string;
  readonly procedure: AnyTRPCProcedure;
  readonly input: unknown;
}

interface Plan {
  readonly isBatch: boolean;
  readonly calls: readonly Call[];
  readonly context: Context;
}

type Answer = { result: { data: unknown } } | { error: unknown };

/**
 * A short way for what nearly all tRPC requests are: JSON queries and mutations, single or batched. The official
 * handler builds a fetch Request, a Response and web streams for each, which costs more than most predictions. What
 * is anything else, or cannot be read, is left to the official handler. Both write the same bytes: a test compares
 * them over generated calls.
 *
 * @returns a handler that answers true when it has sent the answer, and has done nothing otherwise
 */
export function trpcJsonHandler({ router, callsPerBatchMax, createContext, onError }: Options) {
  const config = router._def._config;
  // the record is flat: `models.penguins.predict`
  const procedures: Readonly<Record<string, AnyTRPCProcedure | undefined>> = router._def.procedures;

  return async (request: FastifyRequest, reply: FastifyReply): Promise<boolean> => {
    const plan = toPlan(request, reply);
    if (!plan) return false;
    const ctx = plan.context;
    const signal = abortSignalOf(reply);
    request.logFields.procedures = plan.calls
      .map(({ path }) => path)
      .join()
      .slice(0, 200);

    const errors: Error[] = [];
    const answers = await Promise.all(plan.calls.map((call, i) => answer(call, i)));
    const body = plan.isBatch ? answers : (answers[0] as Answer);
    reply
      // only a failed answer can have another status
      .code(errors.length > 0 ? getHTTPStatusCode(answers as Parameters<typeof getHTTPStatusCode>[0]) : 200)
      .header('vary', 'trpc-accept, accept')
      .header('content-type', 'application/json');
    if (errors.length > 0) reply.headers(errorHeaders(errors.map((error) => toAppError(error))));
    reply.send(
      JSON.stringify(transformTRPCResponse(config, body as Parameters<typeof transformTRPCResponse>[1])),
    );
    return true;

    async function answer({ path, procedure, input }: Call, batchIndex: number): Promise<Answer> {
      // toPlan has left out subscriptions
      const type = procedure._def.type as 'query' | 'mutation';
      try {
        const getRawInput = async () => input;
        const data = await callProcedure(procedure, { path, type, signal, batchIndex, getRawInput, ctx });
        return { result: { data } };
      } catch (cause) {
        const error = getTRPCErrorFromUnknown(cause);
        errors.push(error);
        onError(request, error);
        return { error: getErrorShape({ config, error, type, path, input, ctx }) };
      }
    }
  };

  function toPlan(request: FastifyRequest, reply: FastifyReply): Plan | null {
    const { method } = request;
    if (method !== 'GET' && method !== 'POST') return null;
    if (isStreamWanted(request.headers)) return null;
    const { path } = request.params as { path: string };
    const query = request.query as { batch?: string; input?: string; connectionParams?: string };
    if (query.connectionParams !== undefined) return null;
    const isBatch = query.batch === '1';
    const paths = isBatch ? path.split(',') : [path];
    if (paths.length > callsPerBatchMax) return null;

    const wanted = method === 'GET' ? 'query' : 'mutation';
    const found: AnyTRPCProcedure[] = [];
    for (const each of paths) {
      const procedure = Object.hasOwn(procedures, each) ? procedures[each] : undefined;
      if (procedure?._def.type !== wanted) return null;
      found.push(procedure);
    }

    try {
      const inputs = readInputs(request, query.input, isBatch);
      if (!inputs) return null;
      return {
        isBatch,
        calls: found.map((procedure, i) => ({ path: paths[i] ?? path, procedure, input: inputs(i) })),
        context: createContext(request, reply),
      };
    } catch {
      // malformed JSON or a header that is not valid: nothing has run yet, and the official handler says it
      return null;
    }
  }

  function readInputs(
    { method, body, headers }: FastifyRequest,
    query: string | undefined,
    isBatch: boolean,
  ) {
    let json: unknown;
    if (method === 'GET') {
      if (query) json = JSON.parse(query);
    } else {
      const type = headers['content-type'];
      if (!Buffer.isBuffer(body) || (type !== 'application/json' && !type?.startsWith('application/json;')))
        return null;
      json = JSON.parse(body.toString());
    }
    const read = (input: unknown) =>
      input === undefined ? undefined : config.transformer.input.deserialize(input);
    if (!isBatch) {
      const input: unknown = read(json);
      return () => input;
    }
    if (json === undefined) return () => undefined;
    if (typeof json !== 'object' || json === null || Array.isArray(json)) return null;
    const record = json as Readonly<Record<string, unknown>>;
    return (index: number): unknown => read(record[index]);
  }
}

/** Whether the answers of a batch are to come one by one, each when it is there. */
export function isStreamWanted({ accept, 'trpc-accept': wanted }: IncomingHttpHeaders): boolean {
  return wanted !== undefined || (accept?.includes('application/jsonl') ?? false);
}

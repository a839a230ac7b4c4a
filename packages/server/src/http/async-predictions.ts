import type { Job } from '@oriel/schemas';
import type { AnyTRPCProcedure } from '@trpc/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { callProcedure } from '../trpc/call-procedure.ts';
import { abortSignalOf } from './abort-signal.ts';
import { isAsyncPreferred } from './prefer.ts';
import type { CreateContext } from './request-context.ts';
import { mergeInput, readQuery } from './rest-input.ts';

const manyOf = /^models\.([^.]+)\.predictMany$/;

/**
 * Answers a call of predict-many that prefers not to wait: with a job, and where it is.
 *
 * @param path - of the procedure that was called
 * @returns whether it was such a call
 */
export function asyncPredictions(
  procedures: Readonly<Record<string, unknown>>,
  createContext: CreateContext,
) {
  // a router that has no jobs, in tests of the door alone, waits always
  const predictInputs = procedures['jobs.predictInputs'] as AnyTRPCProcedure | undefined;

  return async (path: string, request: FastifyRequest, reply: FastifyReply): Promise<boolean> => {
    const [, model] = manyOf.exec(path) ?? [];
    if (!predictInputs || model === undefined || !isAsyncPreferred(request.headers.prefer)) return false;
    const readInput = async (): Promise<unknown> => {
      readQuery(request.query, []);
      const { body } = request;
      if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
      return mergeInput({ model }, body as Record<string, unknown>, 'path');
    };
    const answer = await callProcedure(predictInputs, {
      ctx: createContext(request, reply, 'rest'),
      path: 'jobs.predictInputs',
      type: 'mutation',
      getRawInput: readInput,
      signal: abortSignalOf(reply),
      batchIndex: 0,
    });
    // the procedure's output schema is that of a job
    const job = answer as Job;
    reply
      .code(202)
      .header('location', `/api/v1/jobs/${job.id}`)
      .header('preference-applied', 'respond-async')
      .header('content-type', 'application/json; charset=utf-8')
      .send(JSON.stringify(job));
    return true;
  };
}

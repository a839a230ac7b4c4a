import type { Problem } from '@oriel/schemas';
import { wireFormat } from '@oriel/schemas';
import { initTRPC, TRPCError } from '@trpc/server';
import type { OpenApiMeta } from 'trpc-to-openapi';
import { toProblem, transportOfKind } from '../errors.ts';
import { toAppError } from '../to-app-error.ts';
import type { Context } from './context.ts';

/** What a procedure says of itself beside its schemas. */
export type Meta = OpenApiMeta<{
  /** The resolver's answer was validated where it was made, e.g. on the thread of its model: once is enough. */
  hasCheckedOutput?: true;
  /** The input field that an uploaded file fills. */
  media?: { readonly field: string; readonly types: readonly string[] };
}>;

const t = initTRPC
  .context<Context>()
  .meta<Meta>()
  .create({
    transformer: wireFormat,
    // development mode sends stack traces to callers
    isDev: false,
    errorFormatter({ shape, error, ctx, path }) {
      const problem: Problem = toProblem(toAppError(error), {
        requestId: ctx?.requestId ?? '',
        ...(path !== undefined && { instance: `/trpc/${path}` }),
      });
      return { ...shape, message: problem.detail, data: { ...shape.data, problem } };
    },
  });

export const router = t.router;
export const middleware = t.middleware;

/**
 * Says every expected failure in tRPC's words, once for all procedures. tRPC hands errors back from `next()` instead
 * of throwing them.
 */
const translateErrors = t.middleware(async ({ next }) => {
  const result = await next();
  if (result.ok) return result;
  const error = toAppError(result.error);
  const code = transportOfKind[error.kind].trpc;
  return { ...result, error: new TRPCError({ code, message: error.message, cause: error }) };
});

/** For everyone. */
export const publicProcedure = t.procedure.use(translateErrors);

import type { Problem, Scope } from '@oriel/schemas';
import { wireFormat } from '@oriel/schemas';
import { initTRPC, TRPCError } from '@trpc/server';
import type { OpenApiMeta } from 'trpc-to-openapi';
import { type Access, refusalOf, type ScopeAccess } from '../auth/access.ts';
import { endedSessionPrincipal, reachOf } from '../auth/principal.ts';
import { type AppError, toProblem } from '../errors.ts';
import type { Services } from '../services.ts';
import { toAppError } from '../to-app-error.ts';
import type { Context } from './context.ts';
import { isSaidInTrpc, toTrpcError } from './to-trpc-error.ts';

/** What a procedure says of itself beside its schemas. */
export type Meta = OpenApiMeta<{
  /** Who may call. The builders below set it, and no other procedure gets into the router. */
  access?: Access;
  /** The resolver's answer was validated where it was made, e.g. on the thread of its model: once is enough. */
  hasCheckedOutput?: true;
  /** Why a call would be turned away now whatever its input: for doors to ask before they read one. */
  refuseNow?: (services: Services) => AppError | null;
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
    // so that no proxy between thinks a subscription dead, and a client finds out when it is
    sse: { ping: { enabled: true, intervalMs: 10_000 }, client: { reconnectAfterInactivityMs: 30_000 } },
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
 * Lets in who may call, and says every expected failure in tRPC's words, once for all procedures. tRPC hands errors
 * back from `next()` instead of throwing them.
 */
const guard = t.middleware(async ({ ctx, meta, next }) => {
  // a procedure without it is refused when the router is made
  const refusal = meta?.access ? refusalOf(ctx.principal, meta.access) : null;
  if (refusal) throw toTrpcError(refusal);
  const result = await next();
  if (result.ok) return result;
  const error = toAppError(result.error);
  return isSaidInTrpc(error, result.error) ? result : { ...result, error: toTrpcError(error) };
});

const declare = (access: Access) => t.procedure.meta({ access }).use(guard);

/** For everyone, also where anonymous calls are turned off: to sign in, and to see whether one is. */
export const open = declare({ kind: 'open' });

/** For a person in a browser: keys and tokens may not. `ctx.principal` is that person. */
export const signedIn = declare({ kind: 'signed-in' }).use(({ ctx, next }) => {
  if (ctx.principal.kind !== 'user') throw new TRPCError({ code: 'FORBIDDEN' });
  return next({ ctx: { principal: ctx.principal } });
});

/**
 * For a person in a browser, who is told a secret that outlives the session. A session is believed in for a moment after it has
 * ended, and what was made in that moment would be left out where all that an account has is ended, as when its owner takes it over.
 */
export const toldSecrets = signedIn.use(async ({ ctx, next }) => {
  const result = await next();
  const isOver = result.ok && !(await ctx.services.signIn.isSignedIn(ctx.principal));
  const refusal = isOver ? refusalOf(endedSessionPrincipal, { kind: 'signed-in' }) : null;
  if (refusal) throw toTrpcError(refusal);
  return result;
});

/** For whoever has the scope. */
export const scoped = (scope: Scope, options: Omit<ScopeAccess, 'kind' | 'scope' | 'rows'> = {}) =>
  declare({ kind: 'scope', scope, ...options });

/** For whoever has the scope, to its own rows: `ctx.reach` says which, for the repository to ask for no other. */
export const owned = (scope: Scope, options: Omit<ScopeAccess, 'kind' | 'scope' | 'rows'> = {}) =>
  declare({ kind: 'scope', scope, rows: 'own', ...options }).use(({ ctx, next }) =>
    next({ ctx: { reach: reachOf(ctx.principal) } }),
  );

/** For admins, in a browser or with a key or token that has the scope. */
export const adminOnly = scoped('admin');

/**
 * @param procedures - the flat record of a router, by path
 * @throws Error when a procedure declares no access, or nothing enforces what it declares
 */
export function checkAccessDeclared(procedures: Readonly<Record<string, unknown>>): void {
  for (const [path, procedure] of Object.entries(procedures)) {
    // tRPC's public type of `_def` leaves out the middlewares, which every procedure has
    const { meta, middlewares } = (procedure as { _def: { meta?: Meta; middlewares: unknown[] } })._def;
    if (!meta?.access || !middlewares.includes(guard._middlewares[0]))
      throw new Error(
        `The procedure "${path}" does not say who may call it: make it with a builder of trpc/procedures.ts.`,
      );
  }
}

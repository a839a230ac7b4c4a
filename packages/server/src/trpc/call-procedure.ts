import { quickParse } from '@oriel/schemas';
import { type AnyTRPCProcedure, getTRPCErrorFromUnknown, TRPCError } from '@trpc/server';
import { z } from 'zod';
import { AppError } from '../errors.ts';
import type { Context } from './context.ts';
import type { Meta } from './procedures.ts';
import { toTrpcError } from './to-trpc-error.ts';

/** One call of a procedure, as tRPC's own handlers make it. */
export interface ProcedureCall {
  readonly ctx: Context;
  readonly path: string;
  readonly type: 'query' | 'mutation';
  readonly getRawInput: () => Promise<unknown>;
  readonly signal: AbortSignal;
  readonly batchIndex: number;
}

interface Options extends Omit<ProcedureCall, 'ctx'> {
  readonly ctx: object;
  readonly meta: unknown;
  readonly input: unknown;
}

type Next = (changed?: Partial<Pick<Options, 'ctx' | 'input' | 'getRawInput'>>) => Promise<Result>;
type Result =
  | { readonly ok: true; readonly data: unknown }
  | { readonly ok: false; readonly error: TRPCError };

interface Middleware {
  (options: Options & { next: Next }): Promise<Result | undefined>;
  /** tRPC marks its own. */
  readonly _type?: 'input' | 'output';
}

/** What tRPC keeps of a procedure; its public type leaves most of it out. */
interface Definition {
  readonly middlewares: readonly Middleware[];
  readonly inputs: readonly unknown[];
  readonly meta?: Meta;
}

const compiled = new WeakMap<AnyTRPCProcedure, readonly Middleware[]>();

/**
 * Runs a procedure's middlewares and resolver, as calling the procedure does, at a fraction of the price: tRPC's build
 * copies the options of a call with a helper for old engines, several times a call, and validates asynchronously, which
 * keeps zod from its compiled parsers. Its parts are semi-internal: tRPC is pinned, and a test compares the answers with
 * the official handler's.
 *
 * @throws TRPCError
 */
export async function callProcedure(procedure: AnyTRPCProcedure, call: ProcedureCall): Promise<unknown> {
  // tRPC's public type of `_def` leaves out the middlewares, which every procedure has
  const definition = procedure._def as unknown as Definition;
  let middlewares = compiled.get(procedure);
  if (!middlewares) {
    middlewares = compile(definition);
    compiled.set(procedure, middlewares);
  }
  const result = await run(middlewares, 0, { ...call, meta: definition.meta, input: undefined });
  if (!result.ok) throw result.error;
  return result.data;
}

async function run(middlewares: readonly Middleware[], index: number, options: Options): Promise<Result> {
  try {
    const next: Next = (changed) =>
      run(middlewares, index + 1, {
        ...options,
        ctx: changed?.ctx ? { ...options.ctx, ...changed.ctx } : options.ctx,
        input: changed && 'input' in changed ? changed.input : options.input,
        getRawInput: changed?.getRawInput ?? options.getRawInput,
      });
    const result = await middlewares[index]?.({ ...options, next });
    if (!result) throw new Error('a middleware gave no result: it must return that of next()');
    return result;
  } catch (cause) {
    return {
      ok: false,
      error: cause instanceof AppError ? toTrpcError(cause) : getTRPCErrorFromUnknown(cause),
    };
  }
}

function compile({ middlewares, inputs, meta }: Definition): readonly Middleware[] {
  const [schema] = inputs;
  return middlewares
    .filter(({ _type }) => !(_type === 'output' && meta?.hasCheckedOutput))
    .map((middleware) =>
      middleware._type === 'input' && inputs.length === 1 && schema instanceof z.ZodType
        ? readInput(schema)
        : middleware,
    );
}

function readInput(schema: z.ZodType): Middleware {
  return async ({ getRawInput, next }) => {
    const parsed = quickParse(schema, await getRawInput());
    if (!parsed.success) throw new TRPCError({ code: 'BAD_REQUEST', cause: parsed.error });
    return next({ input: parsed.data });
  };
}

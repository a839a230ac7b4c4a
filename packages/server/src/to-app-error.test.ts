import { TRPCError } from '@trpc/server';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { AppError, toProblem } from './errors.ts';
import { toInputError } from './input-error.ts';
import { toAppError } from './to-app-error.ts';

describe('toInputError', () => {
  test('names each field, the rule and the kind of value', () => {
    const schema = z.strictObject({ rows: z.array(z.object({ mass: z.number() })) });
    const { error } = schema.safeParse({ rows: [{ mass: 'heavy' }], colour: 1 });
    if (!error) throw new Error('the input should be refused');
    const refused = toInputError(error);
    expect(refused.message).toContain('rows[0].mass: Invalid input: expected number, received string');
    expect(refused.issues).toContainEqual({
      path: ['rows', 0, 'mass'],
      rule: 'invalid_type',
      message: expect.any(String),
    });
    expect(refused.message).toContain('Unrecognized key: "colour"');
  });

  test('stays short however much is wrong', () => {
    const { error } = z.array(z.number()).safeParse(Array(500).fill('x'));
    if (!error) throw new Error('the input should be refused');
    const refused = toInputError(error);
    expect(refused.issues).toHaveLength(100);
    expect(refused.message).toContain('and 495 more');
  });
});

describe('toAppError', () => {
  test('keeps our own errors, also inside a TRPCError', () => {
    const ours = new AppError('ENGINE_OVERLOADED', 'full', { retryAfterS: 2 });
    expect(toAppError(ours)).toBe(ours);
    expect(toAppError(new TRPCError({ code: 'SERVICE_UNAVAILABLE', cause: ours }))).toBe(ours);
  });

  test('an unknown failure becomes INTERNAL and tells nothing of itself', () => {
    const problem = toProblem(toAppError(new Error('password is hunter2')), { requestId: 'r' });
    expect(problem).toMatchObject({ status: 500, code: 'INTERNAL', requestId: 'r' });
    expect(JSON.stringify(problem)).not.toContain('hunter2');
  });

  test('an output that breaks its own contract is our fault: its issues are not sent', () => {
    const { error: cause } = z.object({ secret: z.number() }).safeParse({ secret: 'x' });
    const thrown = new TRPCError({
      code: 'INTERNAL_SERVER_ERROR',
      message: 'Output validation failed',
      cause,
    });
    expect(toAppError(thrown)).toMatchObject({ code: 'INTERNAL', issues: undefined });
  });
});

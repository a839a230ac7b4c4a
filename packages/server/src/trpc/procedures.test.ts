import { initTRPC } from '@trpc/server';
import { describe, expect, test } from 'vitest';
import type { Context } from './context.ts';
import {
  adminOnly,
  checkAccessDeclared,
  type Meta,
  open,
  owned,
  router,
  scoped,
  signedIn,
} from './procedures.ts';

const plain = initTRPC.context<Context>().meta<Meta>().create().procedure;

describe('checkAccessDeclared', () => {
  test('lets pass what the builders made', () => {
    const { procedures } = router({
      a: open.query(() => 1),
      b: {
        c: signedIn.query(() => 1),
        d: scoped('predict')
          .meta({ hasCheckedOutput: true })
          .query(() => 1),
      },
      e: owned('jobs:read').query(() => 1),
      f: adminOnly.mutation(() => 1),
    })._def;
    expect(() => checkAccessDeclared(procedures)).not.toThrow();
  });

  test.each([
    ['declares nothing', plain.query(() => 1)],
    ['declares what nothing enforces', plain.meta({ access: { kind: 'open' } }).query(() => 1)],
  ])('names a procedure that %s', (_name, leak) => {
    const { procedures } = router({ fine: open.query(() => 1), deep: { leak } })._def;
    expect(() => checkAccessDeclared(procedures)).toThrow('"deep.leak" does not say who may call it');
  });
});

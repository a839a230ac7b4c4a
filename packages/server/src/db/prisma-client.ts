import { PrismaPg } from '@prisma/adapter-pg';
import type { Pool } from 'pg';
import { PrismaClient } from '../generated/prisma/client.ts';

/** Prisma over connections of `pool`, which stays the caller's to close. */
export function createPrismaClient(pool: Pool, schema: string): PrismaClient {
  return new PrismaClient({ adapter: new PrismaPg(pool, { schema }), errorFormat: 'minimal' });
}

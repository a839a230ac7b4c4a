import { type ApiKey, scopeSchema } from '@oriel/schemas';
import { z } from 'zod';
import { createTransact } from '../../db/transaction.ts';
import { unlessDown } from '../../db/unless-down.ts';
import { Prisma, type PrismaClient } from '../../generated/prisma/client.ts';
import type { PrincipalUser } from '../principal.ts';

/** A key as it is stored, with what matters of its user. */
export interface StoredKey {
  readonly key: ApiKey;
  readonly secretHash: string;
  readonly user: PrincipalUser & { readonly isDisabled: boolean };
}

export type NewKey = Omit<ApiKey, 'lastUsedAt' | 'revokedAt'> & { readonly secretHash: string };

/** Every method throws AppError DATABASE_UNAVAILABLE when the database does not answer. */
export interface KeyRepository {
  find(id: string): Promise<StoredKey | null>;
  /** @returns false when its user has `most` that are not revoked already, also when several come at once */
  create(key: NewKey, most: number): Promise<boolean>;
  /** Newest first; those of one user, or all. */
  list(userId: string | null): Promise<ApiKey[]>;
  /**
   * @param userId - only when it is this user's key; null for anybody's
   * @returns whether there was such a key, revoked now or before
   */
  revoke(id: string, userId: string | null, at: Date): Promise<boolean>;
  /** Writes nothing when another process has, since `before`. */
  markUsed(id: string, at: Date, before: Date): Promise<void>;
}

/** Of the live ones, a user has far fewer. */
const listMax = 1000;

interface Needs {
  readonly prisma: Pick<PrismaClient, 'apiKey' | '$transaction'>;
  ping(): Promise<void>;
}

export function createKeyRepository({ prisma, ping }: Needs): KeyRepository {
  const keys = prisma.apiKey;
  const transact = createTransact({ prisma, ping });
  return {
    async find(id) {
      const row = await unlessDown(ping, () => keys.findUnique({ where: { id }, include: { user: true } }));
      if (!row) return null;
      const { name, role, disabledAt } = row.user;
      return {
        key: toKey(row),
        secretHash: row.secretHash,
        user: { id: row.userId, name, role, isDisabled: disabledAt !== null },
      };
    },

    create({ models, ...key }, most) {
      const { userId } = key;
      const data = { ...key, models: models ?? Prisma.DbNull };
      return transact(async (tx) => {
        await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`keys of ${userId}`}, 0))`;
        if ((await tx.apiKey.count({ where: { userId, revokedAt: null } })) >= most) return false;
        await tx.apiKey.create({ data });
        return true;
      });
    },

    async list(userId) {
      const find = () =>
        keys.findMany({
          where: { ...(userId !== null && { userId }) },
          orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
          take: listMax,
        });
      return (await unlessDown(ping, find)).map(toKey);
    },

    async revoke(id, userId, at) {
      const where = { id, ...(userId !== null && { userId }) };
      const revoke = () => keys.updateMany({ where: { ...where, revokedAt: null }, data: { revokedAt: at } });
      const { count } = await unlessDown(ping, revoke);
      return count > 0 || (await unlessDown(ping, () => keys.count({ where }))) > 0;
    },

    async markUsed(id, at, before) {
      const where = { id, OR: [{ lastUsedAt: null }, { lastUsedAt: { lte: before } }] };
      await unlessDown(ping, () => keys.updateMany({ where, data: { lastUsedAt: at } }));
    },
  };
}

type Row = Awaited<ReturnType<PrismaClient['apiKey']['findMany']>>[number];

function toKey({ secretHash: _secret, ...row }: Row): ApiKey {
  return {
    ...row,
    // scopes of a later version, after a step back, are none that this one could grant
    scopes: row.scopes.flatMap((scope) => scopeSchema.safeParse(scope).data ?? []),
    models: z.array(z.string()).nullable().parse(row.models),
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
  };
}

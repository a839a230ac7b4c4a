import { unlessDown } from '../../db/unless-down.ts';
import type { PrismaClient, RefreshToken } from '../../generated/prisma/client.ts';
import type { PrincipalUser } from '../principal.ts';

export type UsableUser = PrincipalUser & { readonly isDisabled: boolean };

/** A link of a chain, with what matters of its user and its family. */
export interface StoredRefreshToken extends RefreshToken {
  readonly user: UsableUser & PrincipalUser;
  readonly isFamilyEnded: boolean;
}

/** Every method throws AppError DATABASE_UNAVAILABLE when the database does not answer. */
export interface TokenRepository {
  findUser(id: string): Promise<UsableUser | null>;
  insertRefreshToken(token: RefreshToken): Promise<void>;
  findRefreshToken(tokenHash: string): Promise<StoredRefreshToken | null>;
  /**
   * Puts `next` in the place of a token that was not used yet.
   *
   * @returns false when another was quicker; nothing has changed then
   */
  replaceRefreshToken(tokenHash: string, next: RefreshToken): Promise<boolean>;
  endFamily(familyId: string, at: Date): Promise<void>;
  isFamilyEnded(familyId: string): Promise<boolean>;
  revokeAccessToken(jti: string, expiresAt: Date): Promise<void>;
  isAccessTokenRevoked(jti: string): Promise<boolean>;
  /** Forgets refresh tokens that were over before one time, and revoked access tokens before another. */
  removeEnded(refreshBefore: Date, accessBefore: Date): Promise<void>;
}

interface Needs {
  readonly prisma: Pick<PrismaClient, 'user' | 'refreshToken' | 'revokedToken' | '$transaction'>;
  ping(): Promise<void>;
}

export function createTokenRepository({ prisma, ping }: Needs): TokenRepository {
  const { user: users, refreshToken: tokens, revokedToken: revoked } = prisma;
  const isFamilyEnded = async (familyId: string) => {
    const where = { familyId, revokedAt: { not: null } };
    return (await unlessDown(ping, () => tokens.findFirst({ where, select: { familyId: true } }))) !== null;
  };

  return {
    isFamilyEnded,

    async findUser(id) {
      const row = await unlessDown(ping, () => users.findUnique({ where: { id } }));
      return row && toUser(row);
    },

    async insertRefreshToken(data) {
      await unlessDown(ping, () => tokens.create({ data }));
    },

    async findRefreshToken(tokenHash) {
      const find = () => tokens.findUnique({ where: { tokenHash }, include: { user: true } });
      const row = await unlessDown(ping, find);
      return row && { ...row, user: toUser(row.user), isFamilyEnded: await isFamilyEnded(row.familyId) };
    },

    async replaceRefreshToken(tokenHash, next) {
      const replace = () =>
        prisma.$transaction(async (transaction) => {
          const where = { tokenHash, usedAt: null, revokedAt: null };
          const { count } = await transaction.refreshToken.updateMany({
            where,
            data: { usedAt: next.createdAt },
          });
          if (count === 1) await transaction.refreshToken.create({ data: next });
          return count === 1;
        });
      return unlessDown(ping, replace);
    },

    async endFamily(familyId, at) {
      const where = { familyId, revokedAt: null };
      await unlessDown(ping, () => tokens.updateMany({ where, data: { revokedAt: at } }));
    },

    async revokeAccessToken(jti, expiresAt) {
      const data = { jti, expiresAt };
      await unlessDown(ping, () => revoked.createMany({ data, skipDuplicates: true }));
    },

    async isAccessTokenRevoked(jti) {
      return (await unlessDown(ping, () => revoked.findUnique({ where: { jti } }))) !== null;
    },

    async removeEnded(refreshBefore, accessBefore) {
      await unlessDown(ping, async () => {
        await tokens.deleteMany({ where: { expiresAt: { lt: refreshBefore } } });
        await revoked.deleteMany({ where: { expiresAt: { lt: accessBefore } } });
      });
    },
  };
}

function toUser({ id, name, role, disabledAt }: UserRow): UsableUser {
  return { id, name, role, isDisabled: disabledAt !== null };
}

type UserRow = Awaited<ReturnType<PrismaClient['user']['findMany']>>[number];

import { hash, randomBytes } from 'node:crypto';
import type { SignInLink } from '@oriel/schemas';
import { unlessDown } from '../../db/unless-down.ts';
import type { PrismaClient } from '../../generated/prisma/client.ts';

interface Needs {
  readonly prisma: Pick<PrismaClient, 'signInLink' | 'user' | '$transaction'>;
  ping(): Promise<void>;
  readonly now?: () => Date;
}

export type SignInLinks = ReturnType<typeof createSignInLinks>;

/**
 * Links that let somebody choose a password, once. The database holds only the SHA-256 of a link's token, which has 256
 * random bits. All methods throw AppError DATABASE_UNAVAILABLE when the database does not answer.
 */
export function createSignInLinks({ prisma, ping, now = () => new Date() }: Needs) {
  return { create, findUserId, use };

  /** @param isOnly - whether earlier links of the user end */
  async function create(
    userId: string,
    lifeMs: number,
    { isOnly }: { isOnly: boolean },
  ): Promise<SignInLink> {
    const token = randomBytes(32).toString('base64url');
    const expiresAt = new Date(now().getTime() + lifeMs);
    const data = { tokenHash: toHash(token), userId, expiresAt };
    await unlessDown(ping, () =>
      prisma.$transaction([
        prisma.signInLink.deleteMany({
          where: { userId, OR: [{ expiresAt: { lte: now() } }, ...(isOnly ? [{ usedAt: null }] : [])] },
        }),
        prisma.signInLink.create({ data }),
      ]),
    );
    return { token, path: `/#/sign-in-link/${token}`, expiresAt: expiresAt.toISOString() };
  }

  /** Whose link it is; null when it does not work (any more). */
  async function findUserId(token: string): Promise<string | null> {
    const where = { tokenHash: toHash(token), usedAt: null, expiresAt: { gt: now() } };
    const found = await unlessDown(ping, () => prisma.signInLink.findFirst({ where }));
    return found?.userId ?? null;
  }

  /**
   * Uses a link up, with all others of its user, and sets the password: both or neither. Links come from admins alone,
   * who know whom they hand one: the account's address counts as its owner's from then on.
   *
   * @returns whether it worked: of two at once, one does
   */
  function use(token: string, userId: string, passwordHash: string): Promise<boolean> {
    const usedAt = now();
    return unlessDown(ping, () =>
      prisma.$transaction(async (tx) => {
        const where = { tokenHash: toHash(token), userId, usedAt: null, expiresAt: { gt: usedAt } };
        const { count } = await tx.signInLink.updateMany({ where, data: { usedAt } });
        if (count === 0) return false;
        await tx.signInLink.updateMany({ where: { userId, usedAt: null }, data: { usedAt } });
        await tx.user.update({ where: { id: userId }, data: { passwordHash, emailVerifiedAt: usedAt } });
        return true;
      }),
    );
  }
}

function toHash(token: string): string {
  return hash('sha256', token, 'hex');
}

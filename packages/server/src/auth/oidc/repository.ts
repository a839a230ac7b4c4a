import { unlessDown } from '../../db/unless-down.ts';
import type { Prisma, PrismaClient } from '../../generated/prisma/client.ts';
import type { ExternalPerson } from './provider.ts';

export interface NewIdentity extends Pick<ExternalPerson, 'issuer' | 'subject'> {
  readonly userId: string;
  readonly email: string;
}

/** What linking did: `taken` when the account has another person of this provider, or this person another account. */
export type Linked = 'linked' | 'taken-over' | 'taken';

/** Both throw AppError DATABASE_UNAVAILABLE when the database does not answer. */
export interface IdentityRepository {
  findUserId(person: Pick<ExternalPerson, 'issuer' | 'subject'>): Promise<string | null>;
  /**
   * Whoever made an account need not own the address: until that is known, it may be somebody who waits for the owner to
   * come. An account of an address that nobody has vouched for is therefore `taken-over`: its password, sessions, keys,
   * tokens and one-time links of before work no more, and its schedules are gone: they would go on to tell a stranger's webhooks.
   */
  link(identity: NewIdentity): Promise<Linked>;
}

interface Needs {
  readonly prisma: Pick<PrismaClient, 'externalIdentity' | '$transaction'>;
  ping(): Promise<void>;
}

export function createIdentityRepository({ prisma, ping }: Needs): IdentityRepository {
  return {
    async findUserId({ issuer, subject }) {
      const where = { issuer_subject: { issuer, subject } };
      const row = await unlessDown(ping, () => prisma.externalIdentity.findUnique({ where }));
      return row?.userId ?? null;
    },

    link: (identity) => unlessDown(ping, () => prisma.$transaction((tx) => linkIn(tx, identity, new Date()))),
  };
}

async function linkIn(tx: Prisma.TransactionClient, identity: NewIdentity, now: Date): Promise<Linked> {
  const { userId, issuer, subject } = identity;
  // two first sign-ins at once wait for one another here
  await tx.$queryRaw`SELECT 1 FROM app_user WHERE id = ${userId}::uuid FOR UPDATE`;
  const others = await tx.externalIdentity.findMany({ where: { issuer, OR: [{ userId }, { subject }] } });
  if (others.length > 0)
    return others.every((other) => other.userId === userId && other.subject === subject) ? 'linked' : 'taken';
  await tx.externalIdentity.create({ data: { ...identity, createdAt: now } });
  const { emailVerifiedAt, passwordHash } = await tx.user.findUniqueOrThrow({ where: { id: userId } });
  if (emailVerifiedAt !== null) return 'linked';
  await tx.user.update({ where: { id: userId }, data: { emailVerifiedAt: now, passwordHash: null } });
  await endAllOf(tx, userId, now);
  return passwordHash === null ? 'linked' : 'taken-over';
}

async function endAllOf(tx: Prisma.TransactionClient, userId: string, revokedAt: Date): Promise<void> {
  await tx.session.deleteMany({ where: { userId } });
  await tx.signInLink.deleteMany({ where: { userId } });
  await tx.apiKey.updateMany({ where: { userId, revokedAt: null }, data: { revokedAt } });
  await tx.refreshToken.updateMany({ where: { userId, revokedAt: null }, data: { revokedAt } });
  await tx.oauthClient.updateMany({ where: { createdById: userId, revokedAt: null }, data: { revokedAt } });
  await tx.jobSchedule.deleteMany({ where: { owner: `user:${userId}` } });
}

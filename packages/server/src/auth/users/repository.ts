import type { ListUsersInput, Role, User, UserPage } from '@oriel/schemas';
import { unlessDown } from '../../db/unless-down.ts';
import { Prisma, type PrismaClient, type User as Row } from '../../generated/prisma/client.ts';

/** A user as it is stored, with what is told to nobody. */
export interface StoredUser {
  readonly user: User;
  readonly passwordHash: string | null;
}

export interface NewUserRow {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly passwordHash: string | null;
  readonly createdAt: Date;
}

export interface UserChange {
  readonly name?: string;
  readonly role?: Role;
  readonly isDisabled?: boolean;
}

/** Every method throws AppError DATABASE_UNAVAILABLE when the database does not answer. */
export interface UserRepository {
  findById(id: string): Promise<StoredUser | null>;
  findByEmail(email: string): Promise<StoredUser | null>;
  /** Newest first. */
  list(query: ListUsersInput): Promise<UserPage>;
  /** @returns whether it was made: not when there is one with this e-mail address */
  create(user: NewUserRow): Promise<boolean>;
  /** @returns what it was and is now; null when there is none; `last-admin` when nobody would be left to administer */
  change(
    id: string,
    change: UserChange,
    at: Date,
  ): Promise<{ before: User; after: User } | null | 'last-admin'>;
  /** @returns false when the hash is another by now than `was`; nothing has changed then */
  setPasswordHash(id: string, passwordHash: string, was: string | null): Promise<boolean>;
  /**
   * The admin that nobody has ever signed in as, when there is no other; `none` when there is no admin at all. Who is disabled
   * is none.
   */
  findUnusedAdmin(): Promise<User | 'none' | null>;
}

interface Needs {
  readonly prisma: Pick<PrismaClient, 'user' | '$transaction'>;
  ping(): Promise<void>;
}

export function createUserRepository({ prisma, ping }: Needs): UserRepository {
  const users = prisma.user;
  return {
    async findById(id) {
      return toStored(await unlessDown(ping, () => users.findUnique({ where: { id } })));
    },

    async findByEmail(email) {
      return toStored(await unlessDown(ping, () => users.findUnique({ where: { email } })));
    },

    async list({ limit, cursor }) {
      const where = { ...(cursor !== undefined && { id: { lt: cursor } }) };
      // ids are UUIDs of version 7, which order by time
      const find = () => users.findMany({ where, orderBy: { id: 'desc' }, take: limit + 1 });
      const rows = await unlessDown(ping, find);
      const items = rows.slice(0, limit).map(toUser);
      return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
    },

    async create(data) {
      // no error for an address that is taken: the database would write it into its log
      const insert = () => users.createMany({ data, skipDuplicates: true });
      return (await unlessDown(ping, insert)).count > 0;
    },

    change: (id, change, at) =>
      unlessDown(ping, () => prisma.$transaction((tx) => changeIn(tx, id, change, at))),

    async setPasswordHash(id, passwordHash, was) {
      const where = { id, passwordHash: was };
      const { count } = await unlessDown(ping, () => users.updateMany({ where, data: { passwordHash } }));
      return count > 0;
    },

    async findUnusedAdmin() {
      const find = () =>
        users.findMany({
          where: { role: 'admin', disabledAt: null },
          orderBy: { createdAt: 'asc' },
          include: { identities: { take: 1 } },
        });
      const admins = await unlessDown(ping, find);
      const [first] = admins;
      if (!first) return 'none';
      const isUsed = admins.some((row) => row.passwordHash !== null || row.identities.length > 0);
      return isUsed ? null : toUser(first);
    },
  };
}

async function changeIn(tx: Prisma.TransactionClient, id: string, change: UserChange, at: Date) {
  // two admins who remove each other wait for one another here
  const admins = await tx.$queryRaw<{ id: string }[]>(
    Prisma.sql`SELECT id::text FROM app_user WHERE role = 'admin' AND disabled_at IS NULL ORDER BY id FOR UPDATE`,
  );
  const before = await tx.user.findUnique({ where: { id } });
  if (!before) return null;
  const isRemoved = change.isDisabled === true || change.role === 'member';
  if (isRemoved && admins.length === 1 && admins[0]?.id === id) return 'last-admin';
  const { name, role, isDisabled } = change;
  const after = await tx.user.update({
    where: { id },
    data: {
      ...(name !== undefined && { name }),
      ...(role !== undefined && { role }),
      ...(isDisabled !== undefined && { disabledAt: isDisabled ? (before.disabledAt ?? at) : null }),
    },
  });
  return { before: toUser(before), after: toUser(after) };
}

function toStored(row: Row | null): StoredUser | null {
  return row && { user: toUser(row), passwordHash: row.passwordHash };
}

function toUser({ id, email, name, role, passwordHash, disabledAt, createdAt }: Row): User {
  return {
    id,
    email,
    name,
    role,
    hasPassword: passwordHash !== null,
    isDisabled: disabledAt !== null,
    createdAt: createdAt.toISOString(),
  };
}

import { toDatabaseJson } from '../../db/database-json.ts';
import { unlessDown } from '../../db/unless-down.ts';
import type { PrismaClient, SigningKey } from '../../generated/prisma/client.ts';

/** Every method throws AppError DATABASE_UNAVAILABLE when the database does not answer. */
export interface SigningKeyRepository {
  /** Newest first. */
  list(): Promise<SigningKey[]>;
  insert(key: SigningKey): Promise<void>;
  /** Keys made before `createdBefore` sign no more from `at` on. */
  retire(createdBefore: Date, at: Date): Promise<void>;
  /** Forgets keys whose last tokens are over. */
  remove(retiredBefore: Date): Promise<void>;
}

interface Needs {
  readonly prisma: Pick<PrismaClient, 'signingKey'>;
  ping(): Promise<void>;
}

export function createSigningKeyRepository({ prisma, ping }: Needs): SigningKeyRepository {
  const keys = prisma.signingKey;
  return {
    list: () => unlessDown(ping, () => keys.findMany({ orderBy: [{ createdAt: 'desc' }, { kid: 'asc' }] })),

    async insert({ publicJwk, ...key }) {
      // what was read from a column of JSON can be written to one
      const data = { ...key, publicJwk: toDatabaseJson(publicJwk) };
      await unlessDown(ping, () => keys.create({ data }));
    },

    async retire(createdBefore, at) {
      const where = { createdAt: { lte: createdBefore }, retiredAt: null };
      await unlessDown(ping, () => keys.updateMany({ where, data: { retiredAt: at } }));
    },

    async remove(retiredBefore) {
      await unlessDown(ping, () => keys.deleteMany({ where: { retiredAt: { lt: retiredBefore } } }));
    },
  };
}

import { grantSchema, type OauthClient, scopeSchema } from '@oriel/schemas';
import { unlessDown } from '../../db/unless-down.ts';
import type { PrismaClient, OauthClient as Row } from '../../generated/prisma/client.ts';

export interface StoredClient {
  readonly client: OauthClient;
  readonly secretHash: string | null;
}

export interface NewClient extends Omit<OauthClient, 'revokedAt'> {
  readonly secretHash: string;
  /** Null: made by a program. */
  readonly createdById: string | null;
}

/** Every method throws AppError DATABASE_UNAVAILABLE when the database does not answer. */
export interface ClientRepository {
  find(id: string): Promise<StoredClient | null>;
  create(client: NewClient): Promise<void>;
  /** Newest first. */
  list(): Promise<OauthClient[]>;
  /** @returns whether there was such a client, revoked now or before */
  revoke(id: string, at: Date): Promise<boolean>;
}

interface Needs {
  readonly prisma: Pick<PrismaClient, 'oauthClient'>;
  ping(): Promise<void>;
}

const listMax = 1000;

export function createClientRepository({ prisma, ping }: Needs): ClientRepository {
  const clients = prisma.oauthClient;
  return {
    async find(id) {
      const row = await unlessDown(ping, () => clients.findUnique({ where: { id } }));
      return row && { client: toClient(row), secretHash: row.secretHash };
    },

    async create(client) {
      await unlessDown(ping, () => clients.create({ data: client }));
    },

    async list() {
      const find = () => clients.findMany({ orderBy: [{ createdAt: 'desc' }, { id: 'asc' }], take: listMax });
      return (await unlessDown(ping, find)).map(toClient);
    },

    async revoke(id, at) {
      const revoke = () => clients.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: at } });
      const { count } = await unlessDown(ping, revoke);
      return count > 0 || (await unlessDown(ping, () => clients.count({ where: { id } }))) > 0;
    },
  };
}

function toClient({ id, name, scopes, grants, createdAt, revokedAt }: Row): OauthClient {
  return {
    id,
    name,
    // those of a later version, after a step back, are none that this one could grant
    scopes: scopes.flatMap((scope) => scopeSchema.safeParse(scope).data ?? []),
    grants: grants.flatMap((grant) => grantSchema.safeParse(grant).data ?? []),
    createdAt: createdAt.toISOString(),
    revokedAt: revokedAt?.toISOString() ?? null,
  };
}

import {
  type AuditEvent,
  type AuditEventPage,
  auditEventSchema,
  type ListAuditEventsInput,
} from '@oriel/schemas';
import { toDatabaseJson } from '../../db/database-json.ts';
import { unlessDown } from '../../db/unless-down.ts';
import type { PrismaClient } from '../../generated/prisma/client.ts';

/** Both throw AppError DATABASE_UNAVAILABLE when the database does not answer. */
export interface AuditRepository {
  insert(event: AuditEvent): Promise<void>;
  /** Newest first. */
  list(query: ListAuditEventsInput): Promise<AuditEventPage>;
}

interface Needs {
  readonly prisma: Pick<PrismaClient, 'auditEvent'>;
  ping(): Promise<void>;
}

export function createAuditRepository({ prisma, ping }: Needs): AuditRepository {
  return {
    async insert({ detail, ...event }) {
      // details are JSON: whoever records an event makes them of texts, numbers and lists of them
      const data = { ...event, detail: toDatabaseJson(detail) };
      await unlessDown(ping, () => prisma.auditEvent.create({ data }));
    },

    async list({ action, actor, limit, cursor }) {
      const find = () =>
        prisma.auditEvent.findMany({
          where: {
            ...(action !== undefined && { action }),
            ...(actor !== undefined && { actor }),
            ...(cursor !== undefined && { id: { lt: cursor } }),
          },
          orderBy: { id: 'desc' },
          take: limit + 1,
        });
      const rows = await unlessDown(ping, find);
      const items = rows
        .slice(0, limit)
        .map(({ at, ...row }) => auditEventSchema.parse({ ...row, at: at.toISOString() }));
      return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
    },
  };
}

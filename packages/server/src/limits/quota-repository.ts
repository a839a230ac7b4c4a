import type { Pool } from 'pg';
import { answerWithin } from './answer-within.ts';

/** What a key used, or has used, on one day (UTC). */
export interface Usage {
  readonly keyId: string;
  readonly requests: number;
  readonly computeMs: number;
}

export interface QuotaRepository {
  /** @param day - e.g. `2026-11-21` */
  find(keyId: string, day: string): Promise<Usage | null>;
  /** Adds to what there is, and gives the sums over all processes. As long as it takes: given up, it may still be added. */
  add(day: string, used: readonly Usage[]): Promise<Usage[]>;
  /** Of the days before one. @returns how many were removed */
  deleteOld(before: Date): Promise<number>;
}

const columns = 'key_id AS "keyId", requests, compute_ms AS "computeMs"';
/** A request waits for it. */
const findMsMax = 2000;

/** In SQL: Prisma has no upsert that adds, of many rows, with an answer. */
export function createQuotaRepository({ pool }: { readonly pool: Pick<Pool, 'query'> }): QuotaRepository {
  return {
    async find(keyId, day) {
      const text = `SELECT ${columns} FROM quota_usage WHERE key_id = $1 AND day = $2::date`;
      const { rows } = await answerWithin(findMsMax, pool.query<Usage>({ text, values: [keyId, day] }));
      return rows[0] ?? null;
    },

    async add(day, used) {
      // of keys that are still there and have a quota, in one order: two processes that add to the same keys must not wait for each other
      const text = `
        INSERT INTO quota_usage AS usage (key_id, day, requests, compute_ms)
        SELECT added.key_id, $1::date, added.requests, added.compute_ms
        FROM unnest($2::text[], $3::int[], $4::float8[]) AS added (key_id, requests, compute_ms)
        JOIN api_key ON api_key.id = added.key_id
          AND coalesce(api_key.requests_per_day_max, api_key.compute_ms_per_day_max) IS NOT NULL
        ORDER BY added.key_id
        ON CONFLICT (key_id, day) DO UPDATE SET
          requests = usage.requests + excluded.requests,
          compute_ms = usage.compute_ms + excluded.compute_ms
        RETURNING ${columns}`;
      const values = [
        day,
        used.map(({ keyId }) => keyId),
        used.map(({ requests }) => requests),
        used.map(({ computeMs }) => computeMs),
      ];
      return (await pool.query<Usage>({ text, values })).rows;
    },

    async deleteOld(before) {
      const day = before.toISOString().slice(0, 10);
      const { rowCount } = await pool.query('DELETE FROM quota_usage WHERE day < $1::date', [day]);
      return rowCount ?? 0;
    },
  };
}

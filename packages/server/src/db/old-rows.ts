import type { Pool } from 'pg';

/** Tables that grow with what happens, and whose ids, UUIDs of version 7, order by time. */
export type GrowingTable = 'prediction' | 'audit_event';

/** Removes rows of such a table, oldest first. */
export function createOldRows({ pool }: { readonly pool: Pick<Pool, 'query'> }, table: GrowingTable) {
  const deleteSql = `
    DELETE FROM ${table}
    WHERE id IN (SELECT id FROM ${table} WHERE id < $1 ORDER BY id LIMIT $2)`;
  return {
    /** @returns how many there were, `most` at the most */
    async delete(createdBefore: Date, most: number): Promise<number> {
      const { rowCount } = await pool.query(deleteSql, [firstUuidV7(createdBefore), most]);
      return rowCount ?? 0;
    },
  };
}

/** The least UUID of version 7 that was made then or later. @see RFC 9562, section 5.7 */
function firstUuidV7(at: Date): string {
  const time = at.getTime().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`;
}

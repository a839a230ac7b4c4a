import type { Pool } from 'pg';

const deleteSql = `
  DELETE FROM prediction
  WHERE id IN (SELECT id FROM prediction WHERE id < $1 ORDER BY id LIMIT $2)`;

/** Removes records of predictions, oldest first. */
export function createOldPredictions({ pool }: { readonly pool: Pick<Pool, 'query'> }) {
  return {
    /** @returns how many there were, `most` at the most */
    async delete(createdBefore: Date, most: number): Promise<number> {
      const { rowCount } = await pool.query(deleteSql, [firstUuidV7(createdBefore), most]);
      return rowCount ?? 0;
    },
  };
}

/** The least UUID of version 7 that was made then or later. @see RFC 9562, section 5.7 */
export function firstUuidV7(at: Date): string {
  const time = at.getTime().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`;
}

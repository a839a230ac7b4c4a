import type { ColumnType } from '@oriel/schemas';
import { sumSql } from './sql.ts';
import type { PlacedColumn } from './stored-columns.ts';

/** Of the types whose values may be of any size; images as base64. */
const bytesSql: Readonly<Partial<Record<ColumnType, (value: string) => string>>> = {
  text: (value) => `strlen(${value})`,
  json: (value) => `strlen(${value})`,
  image: (value) => `octet_length(${value}) * 4 // 3`,
};

/** SQL of how many bytes of texts, JSON and images a row has; null where it can have none. */
export function rowBytesSql(columns: readonly PlacedColumn[]): string | null {
  const sizes = columns.flatMap(({ type, stored }) => {
    const bytes = bytesSql[type]?.(stored);
    return bytes === undefined ? [] : [`coalesce(${bytes}, 0)`];
  });
  return sizes.length > 0 ? sumSql(sizes) : null;
}

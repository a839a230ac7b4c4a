import { type Row, type RowPage, rowPageSchema, rowsPageMax } from '@oriel/schemas';
import type { RowSelection } from '../api-calls.ts';
import type { Connection } from '../connection.ts';
import { eachItem } from '../pages.ts';
import { callRest, readJson } from '../rest.ts';
import { sendAgain } from '../send-again.ts';

export interface EachRowOptions {
  /** How many rows are asked for at a time. */
  readonly pageSize?: number;
  readonly signal?: AbortSignal;
}

/**
 * The rows of a dataset, page after page. Over REST, since what a tRPC query asks for stands in its URL, and filters
 * may be long.
 */
export function eachRow(
  connection: Connection,
  { id, ...selection }: RowSelection,
  { pageSize = rowsPageMax, signal }: EachRowOptions = {},
): AsyncGenerator<Row, void> {
  const path = `/api/v1/datasets/${encodeURIComponent(id)}/rows`;
  return eachItem(async (cursor) => {
    const body = JSON.stringify({ ...selection, limit: pageSize, cursor });
    const { rows, nextCursor } = await sendAgain(() => readPage(body), { signal });
    return { items: rows, nextCursor };
  });

  async function readPage(body: string): Promise<RowPage> {
    const headers = { 'content-type': 'application/json' };
    const timeout = AbortSignal.timeout(connection.timeoutMs);
    const response = await callRest(connection, path, {
      method: 'POST',
      headers,
      body,
      mediaTypes: ['application/json'],
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    return readJson(response, rowPageSchema);
  }
}

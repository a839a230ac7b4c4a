import { hash } from 'node:crypto';
import { AppError } from '../../errors.ts';
import type { Selection } from './table.ts';

/** Callers see only that it is text, and that it belongs to one table and one selection. */
const pattern = /^([0-9a-z]{1,11})\.([\w-]{16})$/;

/** The last row of a page, by its place in the file, bound to the table and to what was asked of it. */
export function toCursor(row: number, sha256: string, selection: Selection): string {
  return `${row.toString(36)}.${fingerprint(sha256, selection)}`;
}

/** @throws AppError INPUT_INVALID when it is none of ours, or of another table, filter or sort */
export function fromCursor(cursor: string, sha256: string, selection: Selection): number {
  const [, row, print] = pattern.exec(cursor) ?? [];
  if (row !== undefined && print === fingerprint(sha256, selection)) return Number.parseInt(row, 36);
  const message = 'must be the `nextCursor` of a page of the same dataset version, filter and sort';
  throw new AppError('INPUT_INVALID', `The cursor ${message}.`, {
    issues: [{ path: ['cursor'], rule: 'invalid_cursor', message }],
  });
}

/** The columns may differ from page to page, for they change neither which rows come nor in what order. */
function fingerprint(sha256: string, { filter, sort }: Selection): string {
  return hash('sha256', JSON.stringify([sha256, filter ?? null, sort ?? []]), 'base64url').slice(0, 16);
}

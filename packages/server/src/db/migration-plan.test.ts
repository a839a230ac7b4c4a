import { describe, expect, test } from 'vitest';
import { toChecksum } from './migration-files.ts';
import { type AppliedMigration, planMigrations } from './migration-plan.ts';

const first = { name: '20260101000000_first', sql: 'CREATE TABLE a ();\n' };
const second = { name: '20260102000000_second', sql: 'CREATE TABLE b ();\n' };

describe('the plan of migrations', () => {
  test('is everything for an empty database, and what is new for another', () => {
    expect(planMigrations([first, second], [])).toEqual([first, second]);
    expect(planMigrations([first, second], [applied(first)])).toEqual([second]);
    expect(planMigrations([first, second], [applied(first), applied(second)])).toEqual([]);
  });

  test('takes a checkout with other line ends as unchanged', () => {
    const checkedOut = { ...first, sql: first.sql.replaceAll('\n', '\r\n') };
    expect(planMigrations([checkedOut], [applied(first)])).toEqual([]);
  });

  test('applies again what was marked as rolled back', () => {
    const rolledBack = applied(first, { finishedAt: null, rolledBackAt: new Date() });
    expect(planMigrations([first], [rolledBack])).toEqual([first]);
    expect(planMigrations([first], [rolledBack, applied(first)])).toEqual([]);
  });

  test('refuses an applied migration whose text was edited', () => {
    const edited = { ...first, sql: 'CREATE TABLE a (id int);\n' };
    expect(() => planMigrations([edited], [applied(first)])).toThrow(/"20260101000000_first" was changed/);
  });

  test('refuses a migration that did not finish', () => {
    const unfinished = applied(first, { finishedAt: null });
    expect(() => planMigrations([first], [unfinished])).toThrow(/--rolled-back 20260101000000_first/);
  });

  test('refuses a database of a newer version', () => {
    expect(() => planMigrations([first], [applied(first), applied(second)])).toThrow(/does not know/);
  });
});

function applied({ name, sql }: typeof first, changes: Partial<AppliedMigration> = {}): AppliedMigration {
  return { name, checksum: toChecksum(sql), finishedAt: new Date(), rolledBackAt: null, ...changes };
}

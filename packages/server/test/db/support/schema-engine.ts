import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { PGlite } from '@electric-sql/pglite';
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import type { Migration } from '../../../src/db/migration-files.ts';

/** The parts of Prisma's schema engine that are used here; its package types more of it. */
export interface SchemaEngine {
  diff(input: object): Promise<{ exitCode: number; stdout: string | null }>;
  /** What `prisma migrate deploy` does. */
  applyMigrations(input: object): Promise<{ appliedMigrationNames: string[] }>;
  /** What `prisma migrate status` asks. */
  diagnoseMigrationHistory(input: object): Promise<MigrationDiagnosis>;
}

export interface MigrationDiagnosis {
  drift: unknown;
  history: unknown;
  failedMigrationNames: string[];
  editedMigrationNames: string[];
  hasMigrationsTable: boolean;
}

interface EngineGlue {
  SchemaEngine: {
    new: (options: object, log: (line: string) => void, adapter: unknown) => Promise<SchemaEngine>;
  };
  __wbg_set_wasm(exports: WebAssembly.Exports): void;
}

const filters = { externalTables: [], externalEnums: [] };

/**
 * The engine behind `prisma migrate`, as WebAssembly: the same code, with no binary to download.
 * Its package wants to be imported by a bundler; Node instantiates it by hand.
 */
export async function createSchemaEngine(
  schema: string,
  adapters: SqlMigrationAwareDriverAdapterFactory,
): Promise<SchemaEngine> {
  const glueName = '@prisma/schema-engine-wasm/schema_engine_bg';
  const glue: EngineGlue & WebAssembly.ModuleImports = await import(glueName);
  const wasmPath = createRequire(import.meta.url).resolve(glueName).replace(/\.js$/, '.wasm');
  const { instance } = await WebAssembly.instantiate(readFileSync(wasmPath), { './schema_engine_bg.js': glue });
  glue.__wbg_set_wasm(instance.exports);
  const { __wbindgen_start: start } = instance.exports;
  if (typeof start === 'function') start();
  const datamodels = [['schema.prisma', schema]];
  return glue.SchemaEngine.new({ datamodels }, () => {}, bindMigrationAwareSqlAdapterFactory(adapters));
}

/** Lets the engine work on `db`, also where it has to try something out: give it one that holds nothing of value. */
export function pgliteAdapters(db: PGlite): SqlMigrationAwareDriverAdapterFactory {
  const inner = new PrismaPGlite(db);
  const connect = async () => awaitScripts(await inner.connect(), db);
  return { provider: inner.provider, adapterName: inner.adapterName, connect, connectToShadowDb: connect };
}

/** The adapter does not await its scripts, so that a broken migration would pass as applied. */
function awaitScripts(adapter: SqlDriverAdapter, db: PGlite): SqlDriverAdapter {
  return Object.assign(adapter, {
    executeScript: async (script: string) => {
      await db.exec(script);
    },
  });
}

/** Migrations as the engine reads them. */
export function toMigrationList(migrations: readonly Migration[]) {
  return {
    baseDir: 'prisma/migrations',
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
    shadowDbInitScript: '',
    migrationDirectories: migrations.map(({ name, sql }) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } },
    })),
  };
}

/**
 * The SQL that leads from what the migrations make to what the schema says; null when they agree.
 */
export async function findDrift(schema: string, migrations: readonly Migration[]): Promise<string | null> {
  const db = await PGlite.create();
  try {
    const engine = await createSchemaEngine(schema, pgliteAdapters(db));
    const { exitCode, stdout } = await engine.diff({
      from: { tag: 'migrations', ...toMigrationList(migrations) },
      to: { tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content: schema }] },
      script: true,
      exitCode: true,
      shadowDatabaseUrl: null,
      filters,
    });
    return exitCode === 0 ? null : (stdout ?? '');
  } finally {
    await db.close();
  }
}

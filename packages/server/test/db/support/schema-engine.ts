import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { PGlite } from '@electric-sql/pglite';
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import type { MigrationList, SchemaEngine, SchemaFilter } from '@prisma/schema-engine-wasm';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import type { Migration } from '../../../src/db/migration-files.ts';

export const noFilters: SchemaFilter = { externalTables: [], externalEnums: [] };

/** The package's own module, and what its WebAssembly asks of it. */
type EngineGlue = WebAssembly.ModuleImports & {
  SchemaEngine: typeof SchemaEngine;
  __wbg_set_wasm(exports: WebAssembly.Exports): void;
};

let loading: Promise<EngineGlue> | undefined;

/** The engine behind `prisma migrate`, as WebAssembly: the same code, with no binary to download. */
export async function createSchemaEngine(
  schema: string,
  adapters: SqlMigrationAwareDriverAdapterFactory,
): Promise<SchemaEngine> {
  loading ??= loadEngine();
  const { SchemaEngine } = await loading;
  const options = { datamodels: [['schema.prisma', schema] satisfies [string, string]] };
  return SchemaEngine.new(options, () => {}, bindMigrationAwareSqlAdapterFactory(adapters));
}

/** The package wants to be imported by a bundler; Node instantiates it by hand. */
async function loadEngine(): Promise<EngineGlue> {
  const name = '@prisma/schema-engine-wasm/schema_engine_bg';
  const glue: EngineGlue = await import(name);
  const wasm = readFileSync(
    createRequire(import.meta.url)
      .resolve(name)
      .replace(/\.js$/, '.wasm'),
  );
  const { instance } = await WebAssembly.instantiate(wasm, { './schema_engine_bg.js': glue });
  glue.__wbg_set_wasm(instance.exports);
  const { __wbindgen_start: start } = instance.exports;
  if (typeof start === 'function') start();
  return glue;
}

/**
 * Lets the engine work on `db`, also where it has to try something out: give it one that holds nothing of
 * value.
 */
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
export function toMigrationList(migrations: readonly Migration[]): MigrationList {
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
      filters: noFilters,
    });
    return exitCode === 0 ? null : (stdout ?? '');
  } finally {
    await db.close();
  }
}

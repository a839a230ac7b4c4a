// Writes and checks migrations with Prisma's own engine, on an embedded database, without a network.
//   node scripts/prisma-migration.mjs new <name>   writes the next migration: what schema.prisma has more
//   node scripts/prisma-migration.mjs check        fails when they differ
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readMigrations } from '../packages/server/src/db/migration-files.ts';
import { findDrift } from '../packages/server/test/db/support/schema-engine.ts';

const folder = fileURLToPath(new URL('../prisma/migrations', import.meta.url));
const schema = readFileSync(new URL('../prisma/schema.prisma', import.meta.url), 'utf8');
const [command, name = ''] = process.argv.slice(2);

if (command === 'check') await check();
else if (command === 'new' && /^[a-z][a-z0-9_]*$/.test(name)) await writeNext(name);
else {
  console.error('usage: node scripts/prisma-migration.mjs new <name_in_snake_case> | check');
  process.exitCode = 2;
}

async function check() {
  const sql = await findDrift(schema, await readMigrations(folder));
  if (sql === null) return console.log('prisma/migrations make what prisma/schema.prisma says.');
  console.error(`prisma/schema.prisma has what prisma/migrations lack:\n\n${sql}`);
  console.error('Write it down with: node scripts/prisma-migration.mjs new <name>');
  process.exitCode = 1;
}

async function writeNext(name) {
  const sql = await findDrift(schema, await readMigrations(folder));
  if (sql === null)
    return console.log('Nothing to write: prisma/migrations make what prisma/schema.prisma says.');
  const timestamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  const directory = join(folder, `${timestamp}_${name}`);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'migration.sql'), sql);
  console.log(
    `Wrote ${join(directory, 'migration.sql')}. Read it, then commit it; applied migrations never change.`,
  );
}

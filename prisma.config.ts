import { defineConfig } from 'prisma/config';

// These commands ask for a schema engine binary, which would be downloaded, and never run it: a file that
// exists will do.
if (process.argv.some((argument) => ['generate', 'validate', 'format'].includes(argument))) {
  process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;
}

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  // Only `prisma migrate` connects, and it needs a server; `generate` must work with no variable set.
  datasource: { url: process.env.DATABASE_URL ?? '' },
});

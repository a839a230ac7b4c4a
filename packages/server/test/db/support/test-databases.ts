import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { createDataFolder } from './embedded-folder.ts';

/** An empty database, as `openDatabase` wants to be told of it. */
export interface TestDatabase {
  readonly databaseUrl: string | undefined;
  readonly dataFolder: string;
  drop(): Promise<void>;
}

/** A kind of database that a suite is run on. */
export interface DatabaseKind {
  readonly kind: 'embedded' | 'server';
  readonly title: string;
  readonly isAvailable: boolean;
  create(): Promise<TestDatabase>;
}

/** The server that tests may make databases on; null where there is none. */
export const testServerUrl = await findServer();

const missing = 'skipped: none answers at 127.0.0.1:5432, and DATABASE_TEST_URL is not set';

/** One suite over both, so that neither can drift from the other. */
export const databaseKinds: readonly DatabaseKind[] = [
  { kind: 'embedded', title: 'the embedded database', isAvailable: true, create: createEmbedded },
  {
    kind: 'server',
    title: testServerUrl === null ? `a PostgreSQL server (${missing})` : 'a PostgreSQL server',
    isAvailable: testServerUrl !== null,
    create: createOnServer,
  },
];

async function createEmbedded(): Promise<TestDatabase> {
  const folder = await createDataFolder();
  return { databaseUrl: undefined, dataFolder: folder.path, drop: folder.remove };
}

/** A database of its own on the test server. */
export async function createOnServer(): Promise<TestDatabase & { databaseUrl: string }> {
  if (testServerUrl === null) throw new Error(missing);
  const name = `oriel_test_${randomBytes(6).toString('hex')}`;
  const url = new URL(testServerUrl);
  url.pathname = name;
  await onServer(testServerUrl, `CREATE DATABASE ${name}`);
  return {
    databaseUrl: url.href,
    dataFolder: '/nowhere', // a server needs none
    drop: () => onServer(testServerUrl, `DROP DATABASE ${name} WITH (FORCE)`),
  };
}

async function findServer(): Promise<string | null> {
  const told = process.env.DATABASE_TEST_URL;
  if (told) return told;
  const local = 'postgres://postgres@127.0.0.1:5432/postgres';
  return onServer(local, 'SELECT 1').then(
    () => local,
    () => null,
  );
}

async function onServer(url: string | null, sql: string): Promise<void> {
  const client = new Client({ connectionString: url ?? undefined, connectionTimeoutMillis: 2000 });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

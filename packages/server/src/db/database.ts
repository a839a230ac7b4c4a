import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { escapeIdentifier, Pool, type PoolConfig } from 'pg';
import type { PrismaClient } from '../generated/prisma/client.ts';
import { connectWithRetries } from './connect-with-retries.ts';
import { schemaOfUrl, toShownUrl } from './connection-url.ts';
import { lockDataFolder } from './data-folder-lock.ts';
import type { DatabaseLogger } from './database-logger.ts';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import { applyMigrations } from './migrate.ts';
import { createPrismaClient } from './prisma-client.ts';

export interface DatabaseOptions {
  /** A PostgreSQL server. Without it, PostgreSQL is embedded in this process. */
  databaseUrl?: string | undefined;
  /** Where the embedded database keeps its files. A server does not use it. */
  dataFolder: string;
  logger: DatabaseLogger;
  /** Most connections of this process. */
  connectionsMax?: number;
  /** For tests: other migrations than those of this version. */
  migrationsFolder?: string;
  /** For tests: how long to wait for a server at the start. */
  connectMsMax?: number;
  /** For tests: how long a query may take. */
  queryMsMax?: number;
}

export interface Database {
  readonly kind: 'embedded' | 'server';
  /** Connection string by which other processes of this machine reach it too; holds the password. */
  readonly url: string;
  readonly prisma: PrismaClient;
  /** For bulk statements, which Prisma is slow at. Its connections are the ones Prisma uses too. */
  readonly pool: Pool;
  /** @throws Error when the database does not answer within two seconds, or takes no writes */
  ping(): Promise<void>;
  /** Waits a moment for what still runs, then ends every connection; the data folder is free afterwards. */
  close(): Promise<void>;
}

/** What there is to connect to, whichever kind it is. */
interface Source {
  readonly kind: Database['kind'];
  readonly url: string;
  close(): Promise<void>;
}

const connectionsMaxDefault = 10;
const connectMs = 5_000;
/**
 * A query that takes longer has lost its server; without a bound, its caller would wait for the network to
 * find out.
 */
const queryMsMaxDefault = 60_000;
const closeMsMax = 5_000;
const pingQuery = { text: 'SHOW transaction_read_only', query_timeout: 2_000 };
const ownMigrations = fileURLToPath(new URL('../../../../prisma/migrations', import.meta.url));

/**
 * Opens the one database: starts or reaches it, and brings it to the shape this version needs.
 *
 * @throws Error, with what to do, when the folder is in use, the server cannot be used or the migrations do not fit
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { databaseUrl, logger } = options;
  const source = databaseUrl === undefined ? await openEmbedded(options) : toServer(databaseUrl);
  try {
    const schema = schemaOfUrl(source.url);
    const config = toPoolConfig(source.url, schema);
    await prepare({ config, schema, options });
    const pool = new Pool({
      ...config,
      max: options.connectionsMax ?? connectionsMaxDefault,
      query_timeout: options.queryMsMax ?? queryMsMaxDefault,
    });
    endOpenTransactions(pool);
    // an idle connection that breaks (the server restarted) is replaced at the next query; unheard, it ends
    // the process
    pool.on('error', (err) => logger.warn({ err }, 'lost an idle connection to the database'));
    return toDatabase(source, pool, createPrismaClient(pool, schema));
  } catch (error) {
    await source.close();
    throw error;
  }
}

async function openEmbedded({ dataFolder, logger }: DatabaseOptions): Promise<Source> {
  const release = await lockDataFolder(dataFolder);
  try {
    const embedded = await startEmbeddedPostgres({
      folder: join(dataFolder, 'postgres'),
      onExit: (err) =>
        logger.error({ err }, 'the embedded database stopped; restart the server to get it back'),
    });
    logger.info({ folder: dataFolder }, 'using the embedded PostgreSQL');
    const close = async () => {
      await embedded.close();
      await release();
    };
    return { kind: 'embedded', url: embedded.url, close };
  } catch (error) {
    await release();
    throw error;
  }
}

function toServer(url: string): Source {
  return { kind: 'server', url, close: async () => {} };
}

function toPoolConfig(url: string, schema: string): PoolConfig {
  return {
    connectionString: url,
    application_name: 'oriel',
    connectionTimeoutMillis: connectMs,
    keepAlive: true,
    // Prisma's parameter means nothing to the driver; without it nothing is sent, since connection poolers
    // refuse options
    ...(schema !== 'public' && { options: `-c search_path=${escapeIdentifier(schema)}` }),
  };
}

/**
 * Closes connections that come back in the middle of a transaction, as Prisma gives them back when not even its ROLLBACK was
 * answered in time. What was written on them next, by whomever, would be part of a transaction that nobody commits.
 */
function endOpenTransactions(pool: Pool): void {
  pool.on('release', (error, client) => {
    if (!error && client.getTransactionStatus() !== 'I') void client.end();
  });
}

/**
 * Reaches the database and migrates it, over a connection of its own: a migration may take as long as it
 * needs.
 */
async function prepare({
  config,
  schema,
  options,
}: {
  config: PoolConfig;
  schema: string;
  options: DatabaseOptions;
}) {
  const { databaseUrl, logger, migrationsFolder = ownMigrations, connectMsMax = 10_000 } = options;
  const pool = new Pool({ ...config, max: 1 });
  pool.on('error', (err) => logger.warn({ err }, 'lost the connection that migrates the database'));
  try {
    if (databaseUrl !== undefined) {
      await connectWithRetries({ pool, databaseUrl, logger, connectMsMax });
      logger.info({ url: toShownUrl(databaseUrl) }, 'connected to PostgreSQL');
    }
    if (schema !== 'public') await pool.query(`CREATE SCHEMA IF NOT EXISTS ${escapeIdentifier(schema)}`);
    const applied = await applyMigrations(pool, migrationsFolder);
    if (applied.length > 0) logger.info({ applied }, 'migrated the database');
  } finally {
    await pool.end();
  }
}

function toDatabase(source: Source, pool: Pool, prisma: PrismaClient): Database {
  let closing: Promise<void> | undefined;
  return {
    kind: source.kind,
    url: source.url,
    prisma,
    pool,
    async ping() {
      const { rows } = await pool.query<{ transaction_read_only: string }>(pingQuery);
      // as one whose place another server has taken
      if (rows[0]?.transaction_read_only === 'on') throw new Error('the database takes no writes');
    },
    close() {
      closing ??= closeAll();
      return closing;
    },
  };

  async function closeAll(): Promise<void> {
    await prisma.$disconnect();
    await Promise.race([pool.end(), sleep(closeMsMax, undefined, { ref: false })]);
    await source.close();
  }
}

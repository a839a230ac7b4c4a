import { availableParallelism } from 'node:os';
import { emailSchema } from '@oriel/schemas';
import { z } from 'zod';
import { originList, portList, providerUrl, publicUrl, trustedProxies } from './config-values.ts';
import { webPorts } from './net/outbound-url.ts';

const count = (low: number, high: number) =>
  z
    .string()
    .regex(/^\d{1,12}$/, `a whole number from ${low} to ${high}`)
    .transform(Number)
    .refine((value) => value >= low && value <= high, `a whole number from ${low} to ${high}`);

export interface Setting<T> {
  readonly schema: z.ZodType<T, string>;
  /** What the setting is when its variable is not set. */
  readonly fallback: () => T;
  readonly example: string;
  readonly help: string;
}

const setting = <T>(
  schema: z.ZodType<T, string>,
  fallback: T | (() => T),
  example: string,
  help: string,
): Setting<T> => ({
  schema,
  // a setting's value is never a function
  fallback: typeof fallback === 'function' ? (fallback as () => T) : () => fallback,
  example,
  help,
});

/** Every setting there is: `.env.example` and docs/configuration.md are checked against this table. */
export const settings = {
  PORT: setting(count(0, 65_535), 3000, '3000', 'Port to listen on; 0 takes a free one.'),
  HOST: setting(
    z.string().min(1),
    'localhost',
    '0.0.0.0',
    'Address to listen on; 0.0.0.0 for all interfaces.',
  ),
  DATABASE_URL: setting<string | undefined>(
    z.string().regex(/^postgres(ql)?:\/\/.+/, 'a PostgreSQL connection string'),
    undefined,
    'postgresql://oriel:secret@db.example.com:5432/oriel',
    'PostgreSQL server to use. Unset: an embedded PostgreSQL under ORIEL_DATA_DIR.',
  ),
  ORIEL_DATA_DIR: setting(
    z.string().min(1),
    '.oriel',
    '/var/lib/oriel',
    'Folder for the embedded database and other data.',
  ),
  LOG_LEVEL: setting(
    z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    'info',
    'info',
    'Least severe log line that is written.',
  ),
  LOG_FORMAT: setting<'json' | 'pretty' | 'auto'>(
    z.enum(['json', 'pretty', 'auto']),
    'auto',
    'json',
    'JSON lines, or lines for people; auto: for people when the output is a terminal.',
  ),
  ORIEL_PROCESSES: setting(
    count(1, 256),
    () => Math.min(8, availableParallelism()),
    '2',
    'Processes that serve, all on one port; default: one for each core, at most 8.',
  ),
  ORIEL_THREADS: setting(
    count(1, 256),
    () => availableParallelism(),
    '2',
    'Worker threads that run models, over all processes; default: one for each core.',
  ),
  ORIEL_MICRO_MODELS: setting<'on' | 'off'>(
    z.enum(['on', 'off']),
    'on',
    'off',
    'Whether models that declare and prove themselves quick enough run on the event loop, without a thread.',
  ),
  ORIEL_THREAD_HEAP_MB: setting(
    count(32, 65_536),
    512,
    '512',
    'Most JavaScript heap of a worker thread, in MiB.',
  ),
  ORIEL_QUEUE_ITEMS_MAX: setting(
    count(1, 1_000_000),
    1024,
    '1024',
    'Most inputs waiting for one model; further ones are refused with ENGINE_OVERLOADED.',
  ),
  ORIEL_QUEUE_MS_MAX: setting(
    count(1, 3_600_000),
    300,
    '300',
    'Longest time an input may be expected to wait for a thread behind 48 others or more, in milliseconds; further ones are refused with ENGINE_OVERLOADED.',
  ),
  ORIEL_DEADLINE_MS: setting(
    count(1, 3_600_000),
    30_000,
    '30000',
    'Most time a prediction may take, in milliseconds.',
  ),
  ORIEL_STUCK_MS: setting(
    count(100, 3_600_000),
    60_000,
    '60000',
    'A pipeline that runs longer than this, in milliseconds, is ended with its thread.',
  ),
  ORIEL_CACHE_ENTRIES_MAX: setting(
    count(0, 10_000_000),
    1000,
    '1000',
    'Most outputs kept to answer equal inputs; 0: none.',
  ),
  ORIEL_RECORDS_PER_SECOND_MAX: setting(
    count(1, 1_000_000),
    1000,
    '1000',
    'Most predictions recorded in a second, over all processes, when more come for long; the rest are counted as dropped.',
  ),
  ORIEL_BODY_BYTES_MAX: setting(
    count(1024, 1_073_741_824),
    10_485_760,
    '10485760',
    'Largest request body in bytes.',
  ),
  ORIEL_JSON_DEPTH_MAX: setting(
    count(8, 1000),
    64,
    '64',
    'Most levels of lists and objects within each other in JSON.',
  ),
  ORIEL_FORM_PARTS_MAX: setting(count(1, 10_000), 50, '50', 'Most parts of a form (multipart/form-data).'),
  ORIEL_FORM_FIELD_BYTES_MAX: setting(
    count(1, 1_073_741_824),
    1_048_576,
    '1048576',
    'Largest field of a form that is no file, in bytes; files are bounded by the body.',
  ),
  ORIEL_URL_CHARS_MAX: setting(count(256, 65_536), 8192, '8192', 'Longest URL, in characters.'),
  ORIEL_HEADER_BYTES_MAX: setting(
    count(1024, 1_048_576),
    16_384,
    '16384',
    'Most bytes of the headers of a request together, its URL included.',
  ),
  ORIEL_HEADERS_MAX: setting(count(16, 1000), 100, '100', 'Most headers of a request.'),
  ORIEL_HEADERS_MS_MAX: setting(
    count(100, 3_600_000),
    20_000,
    '20000',
    'Longest time the headers of a request may take to arrive, in milliseconds.',
  ),
  ORIEL_REQUEST_MS_MAX: setting(
    count(100, 3_600_000),
    60_000,
    '60000',
    'Longest time a whole request may take to arrive, in milliseconds.',
  ),
  ORIEL_CONNECTIONS_MAX: setting(
    count(1, 1_000_000),
    4096,
    '4096',
    'Most connections that each process serves at once; further ones are refused with SERVER_OVERLOADED.',
  ),
  ORIEL_CORS_ORIGINS: setting<readonly string[]>(
    originList,
    [],
    'https://app.example.com,https://admin.example.com',
    'Origins whose pages may call from browsers, with cookies too; unset: only this server’s own pages.',
  ),
  ORIEL_TRUST_PROXY: setting<false | number | readonly string[]>(
    trustedProxies,
    false,
    'loopback,10.0.0.0/8',
    'Proxies whose X-Forwarded headers are believed: off, a list of addresses and networks, or how many proxies every request passes.',
  ),
  ORIEL_METRICS: setting<'private' | 'open'>(
    z.enum(['private', 'open']),
    'private',
    'open',
    'Who may read /metrics: private: programs on the same machine, and callers with the scope monitoring:read; open: everybody.',
  ),
  ORIEL_TLS_CERT_FILE: setting<string | undefined>(
    z.string().min(1),
    undefined,
    '/etc/oriel/cert.pem',
    'Certificate chain (PEM) to serve HTTPS with, together with ORIEL_TLS_KEY_FILE. Unset: plain HTTP.',
  ),
  ORIEL_TLS_KEY_FILE: setting<string | undefined>(
    z.string().min(1),
    undefined,
    '/etc/oriel/key.pem',
    'Private key (PEM) of ORIEL_TLS_CERT_FILE.',
  ),
  ORIEL_HSTS_S: setting(
    count(0, 63_072_000),
    31_536_000,
    '31536000',
    'How long browsers that came by HTTPS come by nothing else, in seconds; 0: not said.',
  ),
  ORIEL_ANONYMOUS: setting<'on' | 'off'>(
    z.enum(['on', 'off']),
    'on',
    'off',
    'Whether callers that nobody knows may predict, look at the models, and see that others predicted, though not what; they may do nothing else.',
  ),
  ORIEL_ANONYMOUS_PER_MINUTE: setting(
    count(0, 1_000_000_000),
    600,
    '600',
    'Most requests in a minute of an address whose callers nobody knows, over all processes; 0: no limit.',
  ),
  ORIEL_CALLER_PER_MINUTE: setting(
    count(0, 1_000_000_000),
    6000,
    '6000',
    'Most requests in a minute of a person, a service client or the holder of a token, over all processes; 0: no limit. API keys have quotas instead.',
  ),
  ORIEL_WRONG_CREDENTIALS_PER_MINUTE: setting(
    count(0, 1_000_000_000),
    60,
    '60',
    'Most wrong keys, tokens and client secrets that an address is answered in a minute; 0: no limit.',
  ),
  REDIS_URL: setting<string | undefined>(
    z.string().regex(/^rediss?:\/\/.+/, 'a Redis connection string'),
    undefined,
    'redis://:secret@cache.example.com:6379',
    'Redis to count limits in. Unset: in DATABASE_URL, or in memory where one process serves alone.',
  ),
  ORIEL_REGISTRATION: setting<'open' | 'closed'>(
    z.enum(['open', 'closed']),
    'closed',
    'open',
    'Whether anybody may make an account; closed: admins make them.',
  ),
  ORIEL_ADMIN_EMAIL: setting(
    emailSchema,
    'admin@oriel.localhost',
    'ada@example.com',
    'Address that the first admin, made by the first start, signs in with.',
  ),
  ORIEL_OIDC_ISSUER: setting<string | undefined>(
    providerUrl,
    undefined,
    'https://accounts.example.com',
    'OpenID Connect provider that people can sign in with, as it names itself; with ORIEL_OIDC_CLIENT_ID and ORIEL_OIDC_CLIENT_SECRET. Unset: none.',
  ),
  ORIEL_OIDC_CLIENT_ID: setting<string | undefined>(
    z.string().min(1),
    undefined,
    'oriel',
    'What the provider calls this server.',
  ),
  ORIEL_OIDC_CLIENT_SECRET: setting<string | undefined>(
    z.string().min(1),
    undefined,
    'Vb5nQ8sK2mXw7tRz',
    'What this server proves itself to the provider with.',
  ),
  ORIEL_OIDC_NAME: setting<string | undefined>(
    z.string().trim().min(1).max(40),
    undefined,
    'Example',
    'What the button says: Sign in with …. Unset: the host of the issuer.',
  ),
  ORIEL_SESSION_IDLE_HOURS: setting(
    count(1, 8760),
    168,
    '168',
    'How long a session lives that is not used, in hours.',
  ),
  ORIEL_SESSION_HOURS_MAX: setting(
    count(1, 8760),
    720,
    '720',
    'How long a session lives at most, in hours; then one signs in again.',
  ),
  ORIEL_SIGN_IN_ATTEMPTS_MAX: setting(
    count(1, 1_000_000),
    5,
    '5',
    'Most failed attempts to sign in within a minute, for each address and each account; then the waits double.',
  ),
  ORIEL_PASSWORD_CHARS_MIN: setting(
    count(8, 128),
    12,
    '12',
    'Shortest password that is accepted, in characters.',
  ),
  ORIEL_PASSWORD_MEMORY_KIB: setting(
    count(1024, 1_048_576),
    19_456,
    '19456',
    'Memory that hashing a password takes (argon2id), in KiB.',
  ),
  ORIEL_PASSWORD_PASSES: setting(
    count(1, 100),
    2,
    '2',
    'Passes over that memory; hashes made at another cost are renewed when their users sign in.',
  ),
  ORIEL_PUBLIC_URL: setting<string | undefined>(
    publicUrl,
    undefined,
    'https://oriel.example.com',
    'Address that callers use; access tokens name it as their issuer. Unset: made of HOST and PORT.',
  ),
  ORIEL_SECRET: setting<string | undefined>(
    z.string().regex(/^[\x21-\x7e]{32,1024}$/, 'at least 32 characters, without spaces'),
    undefined,
    'k7Xq2vN9pL4wRz8mTj3cYb6hFd1sGa5e',
    'Encrypts in the database what signs access tokens and webhooks; the same for all servers of one database. Unset: one is made and kept in ORIEL_DATA_DIR.',
  ),
  ORIEL_SIGNING_KEY_DAYS: setting(
    count(1, 3650),
    30,
    '30',
    'How long a key signs access tokens before another takes its place, in days.',
  ),
  ORIEL_REFRESH_TOKEN_DAYS: setting(
    count(1, 3650),
    30,
    '30',
    'How long a refresh token waits for its use, in days; each use gives a new one.',
  ),
  ORIEL_S3_BUCKET: setting<string | undefined>(
    z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'the name of a bucket'),
    undefined,
    'oriel-data',
    'Bucket (S3) that the bytes of datasets and results are kept in, the same for all servers of one database. Unset: a folder under ORIEL_DATA_DIR.',
  ),
  ORIEL_S3_ENDPOINT: setting<string | undefined>(
    publicUrl,
    undefined,
    'https://minio.example.com:9000',
    'Where a server that speaks S3 is. Unset: Amazon’s, of the region.',
  ),
  ORIEL_S3_REGION: setting<string | undefined>(
    z.string().regex(/^[a-z0-9-]{1,63}$/, 'the name of a region'),
    undefined,
    'eu-central-1',
    'Region of the bucket. Unset: what the AWS SDK finds, or us-east-1 where an endpoint is set.',
  ),
  ORIEL_S3_PREFIX: setting<string | undefined>(
    z.string().regex(/^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/, 'words with / between them'),
    undefined,
    'oriel',
    'What the keys in the bucket begin with, before a /. Unset: oriel.',
  ),
  ORIEL_S3_ACCESS_KEY_ID: setting<string | undefined>(
    z.string().min(1),
    undefined,
    'AKIAIOSFODNN7EXAMPLE',
    'Who asks for the bucket, together with ORIEL_S3_SECRET_ACCESS_KEY. Unset: whom the AWS SDK finds (environment, profile, role of the machine).',
  ),
  ORIEL_S3_SECRET_ACCESS_KEY: setting<string | undefined>(
    z.string().min(1),
    undefined,
    'wJalrXUtnFEMI-K7MDENG-bPxRfiCYEXAMPLEKEY',
    'What ORIEL_S3_ACCESS_KEY_ID is proved with.',
  ),
  ORIEL_S3_FORCE_PATH_STYLE: setting<'on' | 'off' | undefined>(
    z.enum(['on', 'off']),
    undefined,
    'on',
    'Whether the bucket is named in the path rather than in the host. Unset: where an endpoint is set.',
  ),
  ORIEL_S3_CACHE_MB: setting(
    count(0, 16_777_216),
    10_240,
    '10240',
    'Most bytes of a bucket that are kept under ORIEL_DATA_DIR to be read again, in MiB; what is being read comes on top.',
  ),
  ORIEL_OUTBOUND_PRIVATE: setting<'on' | 'off'>(
    z.enum(['on', 'off']),
    'off',
    'off',
    'Whether datasets and webhooks may name URLs that are not of the public internet, on any port: for closed networks and tests.',
  ),
  ORIEL_OUTBOUND_PORTS: setting<readonly number[]>(
    portList,
    webPorts,
    '80,443,8080,8443',
    'Ports of the URLs that datasets and webhooks may name.',
  ),
  ORIEL_UPLOAD_BYTES_MAX: setting(
    count(1024, 999_999_999_999),
    1_073_741_824,
    '1073741824',
    'Largest file that becomes a dataset, in bytes, as it comes and unpacked.',
  ),
  ORIEL_UPLOAD_MS_MAX: setting(
    count(1000, 86_400_000),
    3_600_000,
    '3600000',
    'Longest time that an upload may take to arrive, in milliseconds; one that stops ends after ORIEL_REQUEST_MS_MAX.',
  ),
  ORIEL_DATASET_GRACE_DAYS: setting(
    count(0, 36_500),
    7,
    '7',
    'How long a dataset that was deleted can be restored, in days.',
  ),
  ORIEL_TABLE_MEMORY_MB: setting(
    count(128, 1_048_576),
    512,
    '512',
    'Memory that reading and writing datasets may take in each process, in MiB; what needs more goes to disk. Each thread of jobs may take a quarter of it besides. Datasets of more than 1,000 columns may take up to 1,536 MiB.',
  ),
  ORIEL_TABLE_THREADS: setting(
    count(1, 256),
    () => Math.min(2, availableParallelism()),
    '4',
    'Threads that datasets are read and written with in each process; more are faster, one for each 256 MiB of their memory at most. Default: two where there are as many cores. On Linux they give way to live predictions.',
  ),
  ORIEL_ROLE: setting<'all' | 'api' | 'worker'>(
    z.enum(['all', 'api', 'worker']),
    'all',
    'worker',
    'What a process does: api: answers requests; worker: does jobs, and answers only /health and /metrics; all: both. Without DATABASE_URL: all.',
  ),
  ORIEL_JOBS_PER_USER_MAX: setting(
    count(1, 1_000_000),
    20,
    '20',
    'Most jobs of one user that wait, run or are paused; further ones are refused with JOB_LIMIT_REACHED.',
  ),
  ORIEL_JOBS_RUNNING_PER_USER: setting(
    count(1, 1000),
    2,
    '2',
    'Most jobs of one user that run at once over all processes: so many that read files, and so many that score; the others wait.',
  ),
  ORIEL_JOB_CHUNK_ROWS: setting(
    count(1, 1_000_000),
    20_480,
    '20480',
    'Rows that a job scores before it writes down how far it is, up to four times as many where one takes microseconds; after a crash it goes on from there.',
  ),
  ORIEL_JOB_THREADS: setting(
    count(1, 256),
    () => availableParallelism(),
    '2',
    'Threads that check the rows of jobs, and score those of micro models, in each process that does jobs; they give way to live predictions, and are one fewer, but at least one, while some are asked for. Default: one for each core.',
  ),
  ORIEL_PREDICTIONS_DAYS: setting(
    count(1, 36_500),
    30,
    '30',
    'How long records of predictions are kept, in days.',
  ),
  ORIEL_RESULTS_DAYS: setting(
    count(0, 36_500),
    0,
    '90',
    'How long the datasets that jobs made are kept, in days; 0: until somebody deletes them.',
  ),
  ORIEL_AUDIT_DAYS: setting(
    count(0, 36_500),
    365,
    '365',
    'How long the audit log, which has addresses of people, is kept, in days; 0: for ever.',
  ),
  ORIEL_DRAIN_MS: setting(
    count(0, 3_600_000),
    20_000,
    '20000',
    'Most time a stopping server takes to finish what it accepted, in milliseconds.',
  ),
} as const satisfies Record<string, Setting<unknown>>;

export type SettingName = keyof typeof settings;

/** Whose values are never shown. */
export const secretSettings: ReadonlySet<SettingName> = new Set([
  'DATABASE_URL',
  'REDIS_URL',
  'ORIEL_SECRET',
  'ORIEL_OIDC_CLIENT_SECRET',
  'ORIEL_S3_SECRET_ACCESS_KEY',
]);

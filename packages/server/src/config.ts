import { resolve } from 'node:path';
import { type Setting, type SettingName, secretSettings, settings } from './settings.ts';

const hourMs = 3_600_000;
/**
 * Chunks of a job that are done within this time are written down together: of quick models a dozen are done in a second, and
 * each transaction takes as much of the event loop and of the embedded database as scoring some thousand rows.
 */
const chunksTogetherMs = 500;

/** The environment, parsed: every part of the server gets its values from here and none reads the environment. */
export type Config = Readonly<ReturnType<typeof toConfig>>;

/**
 * Reads every setting from `env`.
 *
 * @throws Error that names each wrong variable, what was expected, and an example
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const problems: string[] = [];
  const read = <T>(name: SettingName, { schema, fallback, example }: Setting<T>): T => {
    const text = env[name];
    if (text === undefined || text === '') return fallback();
    const parsed = schema.safeParse(text);
    if (parsed.success) return parsed.data;
    // also the value of a connection string, which holds a password
    const isSecret = secretSettings.has(name);
    const shown = isSecret ? 'its value' : JSON.stringify(text);
    problems.push(
      `${name}: ${shown} is not valid: ${parsed.error.issues[0]?.message}. Example: ${name}=${example}`,
    );
    return fallback();
  };
  const config = toConfig(read);
  problems.push(...problemsBetween(config));
  if (problems.length > 0) throw new Error(`The configuration is not valid.\n  ${problems.join('\n  ')}`);
  return Object.freeze(config);
}

/** What is wrong with settings that belong together: each alone may be as it is. */
function problemsBetween({
  tls,
  oidc,
  s3,
  role,
  databaseUrl,
}: Pick<Config, 'tls' | 'oidc' | 's3' | 'role' | 'databaseUrl'>): string[] {
  const problems: string[] = [];

  // its jobs would wait for ever, or nobody could ask for any
  if (role !== 'all' && databaseUrl === undefined)
    problems.push(
      `ORIEL_ROLE=${role} needs DATABASE_URL: the embedded database belongs to this server alone, so no other could ${role === 'api' ? 'do the jobs it accepts' : 'give it jobs'}. Set DATABASE_URL to the PostgreSQL server that all of them share, or leave ORIEL_ROLE unset to do everything here.`,
    );

  const { certFile, keyFile } = tls;
  if ((certFile === undefined) !== (keyFile === undefined))
    problems.push(
      `ORIEL_TLS_CERT_FILE and ORIEL_TLS_KEY_FILE belong together: ${certFile === undefined ? 'the first' : 'the second'} is not set. Set both to serve HTTPS, or none.`,
    );

  const ofProvider = [oidc.issuer, oidc.clientId, oidc.clientSecret];
  if (ofProvider.includes(undefined) && ofProvider.some((value) => value !== undefined))
    problems.push(
      'ORIEL_OIDC_ISSUER, ORIEL_OIDC_CLIENT_ID and ORIEL_OIDC_CLIENT_SECRET belong together: set all three to let people sign in with a provider, or none.',
    );

  const { bucket, endpoint, region, prefix, accessKeyId, secretAccessKey, forcePathStyle } = s3;
  const ofBucket = [endpoint, region, prefix, accessKeyId, secretAccessKey, forcePathStyle];
  if (bucket === undefined && ofBucket.some((value) => value !== undefined))
    problems.push(
      'ORIEL_S3_BUCKET is not set, but other settings of S3 are: set it to keep bytes in a bucket, or none of them.',
    );
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined))
    problems.push(
      'ORIEL_S3_ACCESS_KEY_ID and ORIEL_S3_SECRET_ACCESS_KEY belong together: set both, or none to use what the AWS SDK finds.',
    );

  return problems;
}

function toConfig(read: <T>(name: SettingName, setting: Setting<T>) => T) {
  return {
    port: read('PORT', settings.PORT),
    host: read('HOST', settings.HOST),
    databaseUrl: read('DATABASE_URL', settings.DATABASE_URL),
    dataFolder: resolve(read('ORIEL_DATA_DIR', settings.ORIEL_DATA_DIR)),
    logLevel: read('LOG_LEVEL', settings.LOG_LEVEL),
    logFormat: read('LOG_FORMAT', settings.LOG_FORMAT),
    processes: read('ORIEL_PROCESSES', settings.ORIEL_PROCESSES),
    threads: read('ORIEL_THREADS', settings.ORIEL_THREADS),
    recordsPerSecondMax: read('ORIEL_RECORDS_PER_SECOND_MAX', settings.ORIEL_RECORDS_PER_SECOND_MAX),
    microModels: read('ORIEL_MICRO_MODELS', settings.ORIEL_MICRO_MODELS) === 'on',
    threadHeapMb: read('ORIEL_THREAD_HEAP_MB', settings.ORIEL_THREAD_HEAP_MB),
    queueItemsMax: read('ORIEL_QUEUE_ITEMS_MAX', settings.ORIEL_QUEUE_ITEMS_MAX),
    queueMsMax: read('ORIEL_QUEUE_MS_MAX', settings.ORIEL_QUEUE_MS_MAX),
    deadlineMs: read('ORIEL_DEADLINE_MS', settings.ORIEL_DEADLINE_MS),
    stuckMs: read('ORIEL_STUCK_MS', settings.ORIEL_STUCK_MS),
    cacheEntriesMax: read('ORIEL_CACHE_ENTRIES_MAX', settings.ORIEL_CACHE_ENTRIES_MAX),
    bodyBytesMax: read('ORIEL_BODY_BYTES_MAX', settings.ORIEL_BODY_BYTES_MAX),
    jsonDepthMax: read('ORIEL_JSON_DEPTH_MAX', settings.ORIEL_JSON_DEPTH_MAX),
    formPartsMax: read('ORIEL_FORM_PARTS_MAX', settings.ORIEL_FORM_PARTS_MAX),
    formFieldBytesMax: read('ORIEL_FORM_FIELD_BYTES_MAX', settings.ORIEL_FORM_FIELD_BYTES_MAX),
    urlCharsMax: read('ORIEL_URL_CHARS_MAX', settings.ORIEL_URL_CHARS_MAX),
    headerBytesMax: read('ORIEL_HEADER_BYTES_MAX', settings.ORIEL_HEADER_BYTES_MAX),
    headersMax: read('ORIEL_HEADERS_MAX', settings.ORIEL_HEADERS_MAX),
    headersMsMax: read('ORIEL_HEADERS_MS_MAX', settings.ORIEL_HEADERS_MS_MAX),
    requestMsMax: read('ORIEL_REQUEST_MS_MAX', settings.ORIEL_REQUEST_MS_MAX),
    connectionsMax: read('ORIEL_CONNECTIONS_MAX', settings.ORIEL_CONNECTIONS_MAX),
    corsOrigins: read('ORIEL_CORS_ORIGINS', settings.ORIEL_CORS_ORIGINS),
    trustProxy: read('ORIEL_TRUST_PROXY', settings.ORIEL_TRUST_PROXY),
    areMetricsOpen: read('ORIEL_METRICS', settings.ORIEL_METRICS) === 'open',
    tls: {
      certFile: read('ORIEL_TLS_CERT_FILE', settings.ORIEL_TLS_CERT_FILE),
      keyFile: read('ORIEL_TLS_KEY_FILE', settings.ORIEL_TLS_KEY_FILE),
    },
    hstsS: read('ORIEL_HSTS_S', settings.ORIEL_HSTS_S),
    isAnonymousAllowed: read('ORIEL_ANONYMOUS', settings.ORIEL_ANONYMOUS) === 'on',
    anonymousPerMinute: read('ORIEL_ANONYMOUS_PER_MINUTE', settings.ORIEL_ANONYMOUS_PER_MINUTE),
    callerPerMinute: read('ORIEL_CALLER_PER_MINUTE', settings.ORIEL_CALLER_PER_MINUTE),
    wrongCredentialsPerMinute: read(
      'ORIEL_WRONG_CREDENTIALS_PER_MINUTE',
      settings.ORIEL_WRONG_CREDENTIALS_PER_MINUTE,
    ),
    redisUrl: read('REDIS_URL', settings.REDIS_URL),
    isRegistrationOpen: read('ORIEL_REGISTRATION', settings.ORIEL_REGISTRATION) === 'open',
    adminEmail: read('ORIEL_ADMIN_EMAIL', settings.ORIEL_ADMIN_EMAIL),
    oidc: {
      issuer: read('ORIEL_OIDC_ISSUER', settings.ORIEL_OIDC_ISSUER),
      clientId: read('ORIEL_OIDC_CLIENT_ID', settings.ORIEL_OIDC_CLIENT_ID),
      clientSecret: read('ORIEL_OIDC_CLIENT_SECRET', settings.ORIEL_OIDC_CLIENT_SECRET),
      name: read('ORIEL_OIDC_NAME', settings.ORIEL_OIDC_NAME),
    },
    sessionIdleMs: read('ORIEL_SESSION_IDLE_HOURS', settings.ORIEL_SESSION_IDLE_HOURS) * hourMs,
    sessionMsMax: read('ORIEL_SESSION_HOURS_MAX', settings.ORIEL_SESSION_HOURS_MAX) * hourMs,
    signInAttemptsMax: read('ORIEL_SIGN_IN_ATTEMPTS_MAX', settings.ORIEL_SIGN_IN_ATTEMPTS_MAX),
    passwordCharsMin: read('ORIEL_PASSWORD_CHARS_MIN', settings.ORIEL_PASSWORD_CHARS_MIN),
    passwordCost: {
      memoryKib: read('ORIEL_PASSWORD_MEMORY_KIB', settings.ORIEL_PASSWORD_MEMORY_KIB),
      passes: read('ORIEL_PASSWORD_PASSES', settings.ORIEL_PASSWORD_PASSES),
    },
    publicUrl: read('ORIEL_PUBLIC_URL', settings.ORIEL_PUBLIC_URL),
    secret: read('ORIEL_SECRET', settings.ORIEL_SECRET),
    signingKeyMs: read('ORIEL_SIGNING_KEY_DAYS', settings.ORIEL_SIGNING_KEY_DAYS) * 24 * hourMs,
    refreshTokenMs: read('ORIEL_REFRESH_TOKEN_DAYS', settings.ORIEL_REFRESH_TOKEN_DAYS) * 24 * hourMs,
    s3: {
      bucket: read('ORIEL_S3_BUCKET', settings.ORIEL_S3_BUCKET),
      endpoint: read('ORIEL_S3_ENDPOINT', settings.ORIEL_S3_ENDPOINT),
      region: read('ORIEL_S3_REGION', settings.ORIEL_S3_REGION),
      prefix: read('ORIEL_S3_PREFIX', settings.ORIEL_S3_PREFIX),
      accessKeyId: read('ORIEL_S3_ACCESS_KEY_ID', settings.ORIEL_S3_ACCESS_KEY_ID),
      secretAccessKey: read('ORIEL_S3_SECRET_ACCESS_KEY', settings.ORIEL_S3_SECRET_ACCESS_KEY),
      forcePathStyle: read('ORIEL_S3_FORCE_PATH_STYLE', settings.ORIEL_S3_FORCE_PATH_STYLE),
      cacheBytesMax: read('ORIEL_S3_CACHE_MB', settings.ORIEL_S3_CACHE_MB) * 1_048_576,
    },
    outbound: {
      isPrivateAllowed: read('ORIEL_OUTBOUND_PRIVATE', settings.ORIEL_OUTBOUND_PRIVATE) === 'on',
      ports: read('ORIEL_OUTBOUND_PORTS', settings.ORIEL_OUTBOUND_PORTS),
    },
    datasets: {
      uploadBytesMax: read('ORIEL_UPLOAD_BYTES_MAX', settings.ORIEL_UPLOAD_BYTES_MAX),
      uploadMsMax: read('ORIEL_UPLOAD_MS_MAX', settings.ORIEL_UPLOAD_MS_MAX),
      graceMs: read('ORIEL_DATASET_GRACE_DAYS', settings.ORIEL_DATASET_GRACE_DAYS) * 24 * hourMs,
      memoryMb: read('ORIEL_TABLE_MEMORY_MB', settings.ORIEL_TABLE_MEMORY_MB),
      threads: read('ORIEL_TABLE_THREADS', settings.ORIEL_TABLE_THREADS),
    },
    role: read('ORIEL_ROLE', settings.ORIEL_ROLE),
    jobs: {
      perUserMax: read('ORIEL_JOBS_PER_USER_MAX', settings.ORIEL_JOBS_PER_USER_MAX),
      runningPerUserMax: read('ORIEL_JOBS_RUNNING_PER_USER', settings.ORIEL_JOBS_RUNNING_PER_USER),
      chunkRows: read('ORIEL_JOB_CHUNK_ROWS', settings.ORIEL_JOB_CHUNK_ROWS),
      threads: read('ORIEL_JOB_THREADS', settings.ORIEL_JOB_THREADS),
      togetherMs: chunksTogetherMs,
    },
    predictionsKeptMs: read('ORIEL_PREDICTIONS_DAYS', settings.ORIEL_PREDICTIONS_DAYS) * 24 * hourMs,
    /** 0: until somebody deletes them. */
    resultsKeptMs: read('ORIEL_RESULTS_DAYS', settings.ORIEL_RESULTS_DAYS) * 24 * hourMs,
    /** 0: for ever. */
    auditKeptMs: read('ORIEL_AUDIT_DAYS', settings.ORIEL_AUDIT_DAYS) * 24 * hourMs,
    drainMs: read('ORIEL_DRAIN_MS', settings.ORIEL_DRAIN_MS),
  };
}

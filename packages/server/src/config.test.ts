import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readConfig } from './config.ts';
import { settings } from './settings.ts';

describe('readConfig', () => {
  test('needs no variable: every setting has a default', () => {
    expect(readConfig({})).toMatchObject({
      port: 3000,
      host: 'localhost',
      databaseUrl: undefined,
      logLevel: 'info',
    });
  });

  test('reads what is set, and takes an empty variable as unset', () => {
    expect(readConfig({ PORT: '8080', HOST: '', ORIEL_THREADS: '3' })).toMatchObject({
      port: 8080,
      host: 'localhost',
      threads: 3,
    });
  });

  test('names each wrong variable, what was expected, and an example', () => {
    const read = () => readConfig({ PORT: 'http', LOG_LEVEL: 'loud' });
    expect(read).toThrow('PORT: "http" is not valid: a whole number from 0 to 65535. Example: PORT=3000');
    expect(read).toThrow(/LOG_LEVEL: "loud" is not valid: .*"info".* Example: LOG_LEVEL=info/);
  });

  test('never repeats a connection string, which holds a password', () => {
    const read = () => readConfig({ DATABASE_URL: 'mysql://oriel:hunter2@db/oriel' });
    expect(read).toThrow(/DATABASE_URL: its value is not valid: a PostgreSQL connection string/);
    expect(read).not.toThrow(/hunter2/);
  });

  test('never repeats a secret', () => {
    const read = () => readConfig({ ORIEL_SECRET: 'hunter2' });
    expect(read).toThrow(/ORIEL_SECRET: its value is not valid: at least 32 characters/);
    expect(read).not.toThrow(/hunter2/);
  });

  test('a provider to sign in with needs all that belongs to it, and shows nothing of its secret', () => {
    const issuer = { ORIEL_OIDC_ISSUER: 'https://accounts.example.com' };
    expect(() => readConfig({ ...issuer, ORIEL_OIDC_CLIENT_SECRET: 'hunter2' })).toThrow(
      /ORIEL_OIDC_ISSUER, ORIEL_OIDC_CLIENT_ID and ORIEL_OIDC_CLIENT_SECRET belong together(?!.*hunter2)/,
    );
    const all = { ...issuer, ORIEL_OIDC_CLIENT_ID: 'oriel', ORIEL_OIDC_CLIENT_SECRET: 'hunter2' };
    expect(readConfig(all).oidc).toMatchObject({ clientId: 'oriel', clientSecret: 'hunter2' });
  });

  test.each([
    'http://accounts.example.com',
    'http://localhost.example.com',
    'https://ada:secret@accounts.example.com',
    'https://accounts.example.com/?tenant=1',
    'accounts.example.com',
  ])('a provider is asked over https, or on this machine: not at %s', (url) =>
    expect(() => readConfig({ ORIEL_OIDC_ISSUER: url })).toThrow(/ORIEL_OIDC_ISSUER: .* is not valid/),
  );

  test.each(['oriel.example.com', 'https://oriel.example.com/api', 'ftp://oriel.example.com'])(
    'the public URL is an origin, which %s is not',
    (url) => expect(() => readConfig({ ORIEL_PUBLIC_URL: url })).toThrow(/ORIEL_PUBLIC_URL/),
  );

  test('a bucket of S3 needs what belongs to it, and shows nothing of its secret', () => {
    const key = { ORIEL_S3_ACCESS_KEY_ID: 'id', ORIEL_S3_SECRET_ACCESS_KEY: 'hunter2' };
    expect(() => readConfig({ ORIEL_S3_ENDPOINT: 'http://localhost:9000', ...key })).toThrow(
      /ORIEL_S3_BUCKET is not set, but other settings of S3 are(?!.*hunter2)/,
    );
    expect(() => readConfig({ ORIEL_S3_BUCKET: 'data', ORIEL_S3_SECRET_ACCESS_KEY: 'hunter2' })).toThrow(
      /ORIEL_S3_ACCESS_KEY_ID and ORIEL_S3_SECRET_ACCESS_KEY belong together(?!.*hunter2)/,
    );
    expect(readConfig({ ORIEL_S3_BUCKET: 'data' }).s3).toMatchObject({ bucket: 'data' });
    expect(readConfig({ ORIEL_S3_BUCKET: 'data', ...key }).s3).toMatchObject({ secretAccessKey: 'hunter2' });
  });

  test.each(['api', 'worker'])('a server of the role %s needs a database that others can share', (role) => {
    const env = { ORIEL_ROLE: role };
    expect(() => readConfig(env)).toThrow(`ORIEL_ROLE=${role} needs DATABASE_URL`);
    expect(readConfig({ ...env, DATABASE_URL: 'postgres://db/oriel' })).toMatchObject({ role });
  });

  test.each([
    { ORIEL_S3_BUCKET: '../data' },
    { ORIEL_S3_ENDPOINT: 'localhost:9000' },
    { ORIEL_S3_ENDPOINT: 'http://id:secret@localhost:9000' },
    { ORIEL_S3_PREFIX: '../other' },
    { ORIEL_S3_PREFIX: '/oriel' },
    { ORIEL_OUTBOUND_PORTS: '80,0' },
    { ORIEL_OUTBOUND_PORTS: 'http' },
    { ORIEL_OUTBOUND_PORTS: ',' },
  ])('%j is not valid', (env) =>
    expect(() => readConfig({ ORIEL_S3_BUCKET: 'data', ...env })).toThrow(/is not valid/),
  );

  test('each example is itself valid', () => {
    const examples = Object.fromEntries(
      Object.entries(settings).map(([name, { example }]) => [name, example]),
    );
    expect(() => readConfig(examples)).not.toThrow();
  });

  test.each(['.env.example', 'docs/configuration.md'])('%s tells every setting in its words', (file) => {
    const text = readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8');
    const untold = Object.entries(settings).filter(
      ([name, { help }]) => !text.includes(name) || !text.includes(help),
    );
    expect(untold.map(([name, { help }]) => `${name}: ${help}`)).toEqual([]);
  });
});

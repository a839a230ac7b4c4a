import { describe, expect, test } from 'vitest';
import { readConfig } from './config.ts';

describe('ORIEL_CORS_ORIGINS', () => {
  test('is a list of origins; none by default', () => {
    expect(readConfig({}).corsOrigins).toEqual([]);
    expect(
      readConfig({ ORIEL_CORS_ORIGINS: 'https://a.example, http://localhost:5173' }).corsOrigins,
    ).toEqual(['https://a.example', 'http://localhost:5173']);
  });

  test.each(['*', 'https://*.example.com', 'null', 'example.com', 'https://a.example/', 'ftp://a.example'])(
    'refuses %s',
    (text) => expect(() => readConfig({ ORIEL_CORS_ORIGINS: text })).toThrow(/without a path and without \*/),
  );
});

describe('ORIEL_TRUST_PROXY', () => {
  test.each([
    [undefined, false],
    ['off', false],
    ['2', 2],
    ['loopback', ['loopback']],
    ['10.0.0.0/8, 192.0.2.7,2001:db8::/32', ['10.0.0.0/8', '192.0.2.7', '2001:db8::/32']],
  ])('%s is %j', (text, value) => expect(readConfig({ ORIEL_TRUST_PROXY: text }).trustProxy).toEqual(value));

  test.each(['on', '0', '17', '10.0.0.0/33', '0.0.0.0/0', '::/129', '10.0.0/8', 'proxy.example.com'])(
    'refuses %s',
    (text) => expect(() => readConfig({ ORIEL_TRUST_PROXY: text })).toThrow(/number of proxies from 1 to 16/),
  );
});

test.each([{ ORIEL_TLS_CERT_FILE: 'cert.pem' }, { ORIEL_TLS_KEY_FILE: 'key.pem' }])(
  'a certificate and its key belong together: %j',
  (env) =>
    expect(() => readConfig(env)).toThrow('ORIEL_TLS_CERT_FILE and ORIEL_TLS_KEY_FILE belong together'),
);

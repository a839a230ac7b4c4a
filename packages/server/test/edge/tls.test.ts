import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { createHttpServer } from '../../src/http/server.ts';
import { readTlsPair } from '../../src/http/tls.ts';
import { createDataFolder } from '../db/support/embedded-folder.ts';
import { createCertificate } from '../support/certificate.ts';
import { openRaw } from '../support/raw-http.ts';
import { spawnServer } from '../support/server-process.ts';

let certificate: Awaited<ReturnType<typeof createCertificate>>;
let other: typeof certificate;
beforeAll(async () => {
  [certificate, other] = await Promise.all([createCertificate(), createCertificate()]);
});
afterAll(() => Promise.all([certificate.remove(), other.remove()]));

async function get(url: string, ca: string) {
  const [response] = await once(request(url, { ca, agent: false }).end(), 'response');
  return { status: response.statusCode, headers: response.headers, text: await text(response) };
}

test('serves HTTPS from every process, says so, and tells browsers to stay', async () => {
  const folder = await createDataFolder();
  try {
    await using server = spawnServer({
      ORIEL_DATA_DIR: folder.path,
      ORIEL_PROCESSES: '2',
      ORIEL_THREADS: '1',
      ORIEL_TLS_CERT_FILE: certificate.certFile,
      ORIEL_TLS_KEY_FILE: certificate.keyFile,
      LOG_LEVEL: 'info',
    });
    const url = await server.ready;
    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    await expect.poll(server.output).toContain(`listening at ${url}`);
    expect(server.output()).not.toContain('http://');
    const { status, headers } = await get(`${url}/api/v1/models`, certificate.cert);
    expect([status, headers['strict-transport-security']]).toEqual([200, 'max-age=31536000']);
    await expect(get(url, other.cert)).rejects.toThrow(/self-signed certificate/);
  } finally {
    await folder.remove();
  }
  // three processes start, on a machine that may have other work
}, 120_000);

test('plain HTTP to a TLS port is hung up on, and the next caller is served', async () => {
  const server = await createHttpServer({
    config: readConfig({
      ORIEL_TLS_CERT_FILE: certificate.certFile,
      ORIEL_TLS_KEY_FILE: certificate.keyFile,
    }),
    logger: pino({ level: 'silent' }),
    isStopping: () => false,
    onAnswered: () => undefined,
  });
  server.get('/secure', async ({ protocol }) => protocol);
  try {
    // Fastify does not know what its listeners speak
    const url = (await server.listen({ host: '127.0.0.1', port: 0 })).replace('http:', 'https:');
    const plain = await openRaw(url);
    plain.send('GET / HTTP/1.1\r\nhost: oriel\r\n\r\n');
    expect(await plain.readAll()).toBeNull();
    expect(await get(`${url}/secure`, certificate.cert)).toMatchObject({ status: 200, text: 'https' });
  } finally {
    await server.close();
  }
});

describe('a certificate that cannot be used stops the start, and says which setting to mend', () => {
  const read = (files: { certFile?: string; keyFile?: string }) => () =>
    readTlsPair({ certFile: certificate.certFile, keyFile: certificate.keyFile, ...files });

  test('one that is not there', () => {
    expect(read({ certFile: '/nowhere/cert.pem' })).toThrow(
      'ORIEL_TLS_CERT_FILE: /nowhere/cert.pem cannot be read: ENOENT.',
    );
  });

  test('a key that is no key', () => {
    expect(read({ keyFile: certificate.certFile })).toThrow(
      /^ORIEL_TLS_KEY_FILE: .* holds no valid PEM text/,
    );
  });

  test('the key of another', () => {
    expect(read({ keyFile: other.keyFile })).toThrow(
      /^ORIEL_TLS_KEY_FILE: .* is not the key of the certificate/,
    );
  });

  test('one that has expired', async () => {
    const old = await createCertificate(-1);
    try {
      expect(read({ certFile: old.certFile, keyFile: old.keyFile })).toThrow(/has expired on .* Renew it/);
    } finally {
      await old.remove();
    }
  });

  test('what OpenSSL says of a broken key is not repeated', async () => {
    const keyFile = join(certificate.folder, 'broken.pem');
    await writeFile(keyFile, '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n');
    expect(read({ keyFile })).toThrow(/holds no valid PEM text/);
    expect(read({ keyFile })).not.toThrow(/c2VjcmV0/);
  });
});

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type ClientHttp2Session, connect } from 'node:http2';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { problemSchema } from '@oriel/schemas';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { createHttpServer } from '../../src/http/server.ts';
import { createCertificate } from '../support/certificate.ts';
import { findFreePort, findProgram, startProxy } from '../support/proxy-process.ts';

const readDeploy = (file: string) =>
  readFileSync(new URL(`../../../../deploy/${file}`, import.meta.url), 'utf8');

interface Setting {
  readonly port: number;
  readonly plainPort: number;
  readonly orielPort: number;
  readonly certificate: Awaited<ReturnType<typeof createCertificate>>;
}

/** Replaces what differs from machine to machine, and fails when the file has no such thing any more. */
function adapt(text: string, changes: Readonly<Record<string, string>>): string {
  return Object.entries(changes).reduce((changed, [from, to]) => {
    if (!changed.includes(from)) throw new Error(`"${from}" is not in the file`);
    return changed.replaceAll(from, to);
  }, text);
}

function nginx({ port, plainPort, orielPort, certificate }: Setting) {
  const { folder, certFile, keyFile } = certificate;
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${join(folder, name)};`,
  );
  const site = adapt(readDeploy('nginx.conf'), {
    'listen 80;': `listen 127.0.0.1:${plainPort};`,
    'listen 443 ssl': `listen 127.0.0.1:${port} ssl`,
    'server_name oriel.example.com;': 'server_name localhost;',
    '/etc/oriel/cert.pem': certFile,
    '/etc/oriel/key.pem': keyFile,
    '127.0.0.1:3000': `127.0.0.1:${orielPort}`,
  });
  const main = `
    daemon off;
    ${userInfo().uid === 0 ? 'user root;' : ''}
    pid ${join(folder, 'nginx.pid')};
    error_log stderr;
    events {}
    http { access_log off; ${paths.join(' ')} include ${join(folder, 'oriel.conf')}; }`;
  return {
    args: ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr'],
    files: { [join(folder, 'nginx.conf')]: main, [join(folder, 'oriel.conf')]: site },
  };
}

function caddy({ port, orielPort, certificate }: Setting) {
  const { folder, certFile, keyFile } = certificate;
  const site = adapt(readDeploy('Caddyfile'), {
    'oriel.example.com {': `{\n\tadmin off\n\tauto_https disable_redirects\n}\n\nhttps://localhost:${port} {\n\tbind 127.0.0.1`,
    '# with a certificate of your own: tls /etc/oriel/cert.pem /etc/oriel/key.pem': `tls ${certFile} ${keyFile}`,
    '127.0.0.1:3000': `127.0.0.1:${orielPort}`,
  });
  const file = join(folder, 'Caddyfile');
  return {
    args: ['run', '--config', file, '--adapter', 'caddyfile'],
    env: { HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
    files: { [file]: site },
  };
}

/** The server's edge, with routes that show what it sees. */
async function startOriel() {
  const server = await createHttpServer({
    config: readConfig({ ORIEL_TRUST_PROXY: 'loopback' }),
    logger: pino({ level: 'silent' }),
    isStopping: () => false,
    onAnswered: () => undefined,
  });
  let release = (): void => undefined;
  server.get('/seen', async ({ ip, protocol, host }) => ({ ip, protocol, host }));
  server.post('/size', async ({ body }) => ({ chars: (body as { text: string }).text.length }));
  server.post('/change', async () => ({ changed: true }));
  server.get('/events', (_request, reply) => {
    reply.hijack();
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream' });
    reply.raw.write('data: first\n\n');
    release = () => void reply.raw.end('data: second\n\n');
  });
  server.post('/release', async () => {
    release();
    return { released: true };
  });
  // as the doors of files and streams do: the body as it comes
  await server.register(async (door) => {
    door.removeAllContentTypeParsers();
    door.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    door.post('/api/v1/datasets/upload', async ({ body }) => {
      let bytes = 0;
      for await (const piece of body as Readable) bytes += (piece as Buffer).length;
      return { bytes };
    });
    door.post('/api/v1/models/penguins/predict-stream', (request, reply) => {
      reply.hijack();
      reply.raw.writeHead(200, { 'content-type': 'application/x-ndjson' });
      (request.body as Readable).pipe(reply.raw);
    });
  });
  const url = new URL(await server.listen({ host: '127.0.0.1', port: 0 }));
  return { port: Number(url.port), close: () => server.close() };
}

const json = { 'content-type': 'application/json' };

interface Call {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** One request over HTTP/2; `body` gives the pieces as they come. */
async function open(
  session: ClientHttp2Session,
  path: string,
  { method = 'GET', headers = {}, body }: Call = {},
) {
  const stream = session.request({ ':method': method, ':path': path, ...headers });
  // a proxy that has refused a body hangs up on the rest of it
  stream.on('error', () => undefined);
  stream.end(body);
  const [head] = (await once(stream, 'response')) as [Record<string, string | number>];
  stream.setEncoding('utf8');
  return { status: Number(head[':status']), headers: head, stream };
}

async function call(session: ClientHttp2Session, path: string, options: Call = {}) {
  const { stream, ...answer } = await open(session, path, options);
  let text = '';
  for await (const piece of stream) text += String(piece);
  return { ...answer, text };
}

describe.each([
  { name: 'nginx', settle: nginx, file: 'deploy/nginx.conf' },
  { name: 'caddy', settle: caddy, file: 'deploy/Caddyfile' },
])('$file', ({ name, settle }) => {
  const program = findProgram(name);
  if (!program)
    console.log(`SKIPPED: the tests of the proxy configuration need ${name}: apt-get install ${name}`);

  describe.runIf(program)(`with ${name}`, () => {
    let oriel: Awaited<ReturnType<typeof startOriel>>;
    let setting: Setting;
    let proxy: Awaited<ReturnType<typeof startProxy>>;
    let session: ClientHttp2Session;
    beforeAll(async () => {
      oriel = await startOriel();
      const [port, plainPort, certificate] = await Promise.all([
        findFreePort(),
        findFreePort(),
        createCertificate(),
      ]);
      setting = { port, plainPort, orielPort: oriel.port, certificate };
      proxy = await startProxy({ program: program ?? '', port, ...settle(setting) });
      session = connect(`https://localhost:${port}`, { ca: certificate.cert });
      await once(session, 'connect');
    });
    afterAll(async () => {
      session.destroy();
      await proxy.stop();
      await oriel.close();
      await setting.certificate.remove();
    });

    test('speaks HTTP/2 and tells Oriel who calls, how and under which name', async () => {
      expect(session.alpnProtocol).toBe('h2');
      const { headers, text } = await call(session, '/seen');
      expect(JSON.parse(text)).toEqual({
        ip: '127.0.0.1',
        protocol: 'https',
        host: `localhost:${setting.port}`,
      });
      // not said of localhost; everything else of the edge comes through
      expect(headers['x-content-type-options']).toBe('nosniff');
    });

    test('hands on none of what a caller claims', async () => {
      const { text } = await call(session, '/seen', {
        headers: {
          'x-forwarded-for': '198.51.100.7',
          'x-forwarded-proto': 'http',
          'x-forwarded-host': 'evil.example',
        },
      });
      expect(JSON.parse(text)).toEqual({
        ip: '127.0.0.1',
        protocol: 'https',
        host: `localhost:${setting.port}`,
      });
    });

    test('lets Oriel tell its own pages from others by their Origin', async () => {
      const change = (origin: string) =>
        call(session, '/change', {
          method: 'POST',
          headers: { ...json, cookie: '__Host-oriel-session=x', origin },
          body: '{}',
        });
      expect((await change(`https://localhost:${setting.port}`)).status).toBe(200);
      expect((await change('https://evil.example')).status).toBe(403);
    });

    test('hands events on as they come', async () => {
      const { stream } = await open(session, '/events');
      const pieces = stream[Symbol.asyncIterator]();
      expect((await pieces.next()).value).toContain('first');
      // the server says more only now: nobody has waited for the end of the answer
      await call(session, '/release', { method: 'POST', headers: json, body: '{}' });
      expect((await pieces.next()).value).toContain('second');
    });

    test('takes bodies as large as Oriel does; beyond, Oriel says why, and much beyond, the proxy', async () => {
      const post = (chars: number) =>
        call(session, '/size', {
          method: 'POST',
          headers: json,
          body: JSON.stringify({ text: 'x'.repeat(chars) }),
        });
      const most = 10_485_760 - '{"text":""}'.length;
      expect(await post(most)).toMatchObject({ status: 200, text: JSON.stringify({ chars: most }) });
      const refused = await post(most + 1);
      expect([refused.status, problemSchema.parse(JSON.parse(refused.text)).code]).toEqual([
        413,
        'BODY_TOO_LARGE',
      ]);
      expect((await post(12_000_000)).status).toBe(413);
    });

    test('takes files of any size, and leaves it to Oriel to bound them', async () => {
      const { status, text } = await call(session, '/api/v1/datasets/upload', {
        method: 'POST',
        headers: { 'content-type': 'text/csv' },
        body: 'x'.repeat(30_000_000),
      });
      expect([status, text]).toEqual([200, JSON.stringify({ bytes: 30_000_000 })]);
    });

    test('hands a stream on, both ways, while it comes', async () => {
      const stream = session.request({
        ':method': 'POST',
        ':path': '/api/v1/models/penguins/predict-stream',
        'content-type': 'application/x-ndjson',
      });
      stream.setEncoding('utf8').write('first\n');
      const pieces = stream[Symbol.asyncIterator]();
      expect((await pieces.next()).value).toContain('first');
      // more is sent only now: the proxy did not wait for the end of the request
      stream.end('second\n');
      expect((await pieces.next()).value).toContain('second');
    });

    test.runIf(name === 'nginx')('sends plain HTTP on to HTTPS', async () => {
      const answer = await fetch(`http://127.0.0.1:${setting.plainPort}/docs?a=1`, { redirect: 'manual' });
      expect([answer.status, answer.headers.get('location')]).toEqual([301, 'https://127.0.0.1/docs?a=1']);
    });
  });
});

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { hashSync } from '@node-rs/argon2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createUser } from '../support/identities.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';
import { codeBlocks } from './markdown.ts';

// The commands of docs/identity.md, one after another: each uses what those before it made. They need curl and jq.

const run = promisify(execFile);
const hasTools = await run('sh', ['-c', 'curl --version && jq --version']).then(
  () => true,
  () => false,
);
/** Those with curl are for a server that has the person whom the page names. */
const blocks = codeBlocks('docs/identity.md', 'sh').filter((code) => code.startsWith('curl'));

describe.runIf(hasTools)('docs/identity.md', () => {
  let app: TestApp;
  let folder: string;
  beforeAll(async () => {
    app = await startTestApp();
    folder = await mkdtemp(join(tmpdir(), 'oriel-docs-'));
    const { id } = await createUser(app, 'admin');
    const passwordHash = hashSync('seven blue penguins');
    const data = { email: 'ada@example.com', passwordHash };
    await app.app.database.prisma.user.update({ where: { id }, data });
  });
  afterAll(async () => {
    await app.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('its commands work, in the order of the page', async () => {
    const script = ['set -e', ...blocks]
      .join('\n')
      .replaceAll('http://localhost:3000', app.url)
      .replaceAll(/^curl /gm, 'curl -sS --fail-with-body ');
    const { stdout } = await run('sh', ['-c', script], { cwd: folder });
    expect(stdout).toContain('"model":"penguins"');
    expect(stdout).toContain('"model":"spam"');
    expect(stdout).toContain('"refresh_token":"oriel_refresh_');
  });

  test('what they revoke is refused', async () => {
    const readSecret = async (file: string, name: string) =>
      String(JSON.parse(await readFile(join(folder, file), 'utf8'))[name]);
    const credentials = [
      await readSecret('key.json', 'secret'),
      await readSecret('token.json', 'access_token'),
    ];
    for (const credential of credentials) {
      const headers = { authorization: `Bearer ${credential}` };
      expect((await app.send('/api/v1/models', { headers })).status).toBe(401);
    }
  });
});

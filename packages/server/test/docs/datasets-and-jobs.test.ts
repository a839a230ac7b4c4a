import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createKey, createUser } from '../support/identities.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';
import { codeBlocks, fileUrl } from './markdown.ts';

// The commands of docs/datasets.md and then docs/jobs.md, one after another: each uses what those before it made.

const run = promisify(execFile);
const hasTools = await run('sh', ['-c', 'curl --version && jq --version']).then(
  () => true,
  () => false,
);
const pages = ['docs/datasets.md', 'docs/jobs.md'];
const command = fileURLToPath(fileUrl('packages/client/src/cli/main.ts'));

let app: TestApp;
let folder: string;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  app = await startTestApp();
  // inside the package, so that the code of the pages finds @oriel/client
  folder = await mkdtemp(fileURLToPath(new URL('../run-', import.meta.url)));
  const { headers } = await createKey(app, await createUser(app), {
    scopes: ['predict', 'models:read', 'datasets:read', 'datasets:write', 'jobs:read', 'jobs:write'],
  });
  env = { ...process.env, ORIEL_API_KEY: headers.authorization.replace('Bearer ', '') };
});
afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true, force: true });
});

const here = (code: string) => code.replaceAll('http://localhost:3000', app.url);

describe.runIf(hasTools)('docs/datasets.md and docs/jobs.md', () => {
  test('their commands work, in the order of the pages', async () => {
    const blocks = pages.flatMap((page) => codeBlocks(page, 'sh'));
    const script = here(['set -e', ...blocks].join('\n')).replaceAll(
      /^curl /gm,
      'curl -sS --fail-with-body ',
    );
    const { stdout } = await run('sh', ['-xc', script], { cwd: folder, env }).catch((error) => {
      // the commands are long: what the last ones said tells more
      throw new Error(`${String(error.stderr).slice(-1500)}\n${String(error.stdout).slice(-1500)}`);
    });

    // a profile, a check, the events of a job, its results
    expect(stdout).toContain('"name": "flipper_length_mm"');
    expect(stdout).toMatch(/"rowsFailed": 1\b/);
    expect(stdout).toMatch(/"state":"succeeded"/);
    const results = (await readFile(join(folder, 'results.csv'), 'utf8')).trim().split(/\r?\n/);
    expect(results).toHaveLength(7);
    expect(results[0]).toMatch(/^island,.*species.*error_code/);
    expect(results[1]).toMatch(/^Biscoe,.*Gentoo/);
    expect(results[6]).toMatch(/^Atlantis,.*INPUT_INVALID/);

    const later: unknown = JSON.parse(await readFile(join(folder, 'later.json'), 'utf8'));
    expect(later).toMatchObject({ kind: 'inputs.predict', model: 'penguins' });
    const rows = (await readFile(join(folder, 'rows.ndjson'), 'utf8')).trim().split('\n');
    expect(rows).toHaveLength(6);
    expect((await readFile(join(folder, 'rows.parquet'))).subarray(0, 4).toString()).toBe('PAR1');
  }, 120_000);
});

test('the commands of README.md and docs/jobs.md score a file', async () => {
  const blocks = [...codeBlocks('README.md', 'sh'), ...codeBlocks('docs/jobs.md', 'text')];
  const lines = blocks.filter((code) => code.startsWith('npx oriel predict'));
  expect(lines).toHaveLength(2);
  const csv = 'island,body_mass_g\nDream,3400\nBiscoe,5950\n';
  for (const name of ['rows.csv', 'penguins.csv']) await writeFile(join(folder, name), csv);
  const script = lines.join('').replaceAll('npx oriel', '"$NODE" "$ORIEL"');
  const ofCommand = { ...env, ORIEL_URL: app.url, NODE: process.execPath, ORIEL: command };
  await run('sh', ['-ec', script], { cwd: folder, env: ofCommand });
  for (const name of ['scored.parquet', 'out.parquet'])
    expect((await readFile(join(folder, name))).subarray(0, 4).toString()).toBe('PAR1');
}, 60_000);

test('the program for Node.js in docs/datasets.md uploads a file, and writes one', async () => {
  const [, program = ''] = codeBlocks('docs/datasets.md', 'ts');
  await writeFile(join(folder, 'penguins.csv'), 'island,body_mass_g\nDream,3400\nBiscoe,5950\n');
  await writeFile(join(folder, 'node.ts'), here(program));
  const { stdout } = await run(process.execPath, ['node.ts'], { cwd: folder, env });
  expect(stdout).toMatch(/^2 \d+\n$/);
  expect((await readFile(join(folder, 'penguins.parquet'))).subarray(0, 4).toString()).toBe('PAR1');
}, 60_000);

describe.each(pages)('%s', (page) => {
  test('its first program runs', async () => {
    const [program = ''] = codeBlocks(page, 'ts');
    const file = join(folder, `${page.replaceAll('/', '-')}.ts`);
    await writeFile(file, here(program));
    const { stdout } = await run(process.execPath, [file], { cwd: folder, env });
    expect(stdout).toContain(page === 'docs/jobs.md' ? 'succeeded' : 'Biscoe');
  }, 60_000);
});

test('the check of a webhook in docs/jobs.md believes only what is signed, and fresh', async () => {
  const [, check = ''] = codeBlocks('docs/jobs.md', 'ts');
  const file = join(folder, 'webhook.ts');
  await writeFile(file, check);
  const { isFromOriel }: { isFromOriel: (signature: string, body: string, secret: string) => boolean } =
    await import(pathToFileURL(file).href);

  const secret = 'at least 16 characters';
  const sign = (t: number, body: string) =>
    `t=${t},v1=${createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')}`;
  const now = Math.floor(Date.now() / 1000);
  expect(isFromOriel(sign(now, '{}'), '{}', secret)).toBe(true);
  expect(isFromOriel(sign(now, '{}'), '{"a":1}', secret)).toBe(false);
  expect(isFromOriel(sign(now, '{}'), '{}', 'another secret of 16')).toBe(false);
  expect(isFromOriel(sign(now - 301, '{}'), '{}', secret)).toBe(false);
  expect(isFromOriel('', '{}', secret)).toBe(false);
  expect(isFromOriel('t=1,v1=zz', '{}', secret)).toBe(false);
});

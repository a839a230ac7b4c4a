import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { drawOne } from '../support/inputs.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';
import { codeBlocks, toProgram } from './markdown.ts';

const run = promisify(execFile);
const pages = ['README.md', 'docs/call-a-model.md', 'docs/open-inference-protocol.md'];

let app: TestApp;
let folder: string;
beforeAll(async () => {
  app = await startTestApp();
  // inside the package, so that the code of the pages finds @oriel/client
  folder = await mkdtemp(fileURLToPath(new URL('../run-', import.meta.url)));
  await writeFile(join(folder, 'digit.png'), drawOne());
  await writeFile(join(folder, 'inputs.ndjson'), '{"island":"Dream"}\n{"island":"Atlantis"}\n');
});
afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true, force: true });
});

const here = (code: string) => code.replaceAll('http://localhost:3000', app.url);

const curls = pages.flatMap((page) =>
  codeBlocks(page, 'sh')
    .filter((code) => code.startsWith('curl'))
    .map((code) => [page, code] as const),
);
test.each(curls)('%s: %s', async (_page, code) => {
  const { stdout } = await run('sh', ['-c', here(code).replace('curl ', 'curl -sS --fail-with-body ')], {
    cwd: folder,
  });
  const answers = stdout.trim().split('\n').map(toUnknown);
  expect(answers).toMatchObject(
    code.includes('predict-stream')
      ? [{ ok: true }, { ok: false, line: 2, error: { code: 'INPUT_INVALID' } }]
      : [code.includes('/v2/') ? { model_name: expect.any(String) } : { model: expect.any(String) }],
  );
});

function toUnknown(line: string): unknown {
  return JSON.parse(line);
}

describe.each(pages)('%s', (page) => {
  test('its TypeScript runs as one program, from top to bottom', async () => {
    await writeFile(join(folder, 'page.ts'), toProgram(codeBlocks(page, 'ts').map(here)));
    const { stdout } = await run(process.execPath, ['page.ts'], { cwd: folder });
    expect(stdout).not.toBe('');
  });
});

test('docs/front-end.md: the program with a mocked API says what its comments say', async () => {
  const [program = ''] = codeBlocks('docs/front-end.md', 'ts');
  await writeFile(join(folder, 'mocked.ts'), program);
  const { stdout } = await run(process.execPath, ['mocked.ts'], { cwd: folder });
  expect(stdout).toBe("ENGINE_OVERLOADED\n[ { body: 'Act now!' } ]\n");
});

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { codeBlocks, fileUrl, toProgram } from './markdown.ts';

const run = promisify(execFile);

// inside the package, so that the code of the pages finds @oriel/client
const folder = await mkdtemp(fileURLToPath(new URL('../run-', import.meta.url)));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** All TypeScript of the pages, as files; what calls a model that only the page has is left out. */
function filesOfPages(): Record<string, string> {
  const blocks = (page: string, language = 'ts') => codeBlocks(`docs/${page}.md`, language);
  const files = (name: string, codes: readonly string[]) =>
    Object.fromEntries(codes.map((code, i) => [`${name}-${i + 1}.ts`, code]));
  const [contract = '', pipeline = '', line = ''] = blocks('serve-your-own-model');
  return {
    'readme.ts': toProgram(codeBlocks('README.md', 'ts')),
    'call-a-model.ts': toProgram(blocks('call-a-model')),
    'open-inference-protocol.ts': toProgram(blocks('open-inference-protocol')),
    ...files('datasets', blocks('datasets')),
    ...files('jobs', blocks('jobs')),
    ...files('front-end', blocks('front-end')),
    'front-end.tsx': blocks('front-end', 'tsx').join('\n'),
    'doubler/contract.ts': contract,
    'doubler/pipeline.ts': pipeline,
    'registry.ts': line,
  };
}

test('the TypeScript of the pages has no errors of types', async () => {
  for (const [name, code] of Object.entries(filesOfPages())) {
    expect(code, name).not.toBe('');
    await mkdir(dirname(join(folder, name)), { recursive: true });
    // one without imports would share its names with the others
    await writeFile(join(folder, name), `${code}\nexport {};\n`);
  }
  const config = {
    // also for pages in React
    extends: fileURLToPath(fileUrl('packages/web-demo/tsconfig.json')),
    compilerOptions: { types: ['node'] },
    include: ['**/*'],
    exclude: [],
  };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const tsc = fileURLToPath(fileUrl('node_modules/typescript/bin/tsc'));
  const { stdout } = await run(process.execPath, [
    tsc,
    '-p',
    folder,
    '--checkers',
    '1',
    '--pretty',
    'false',
  ]).catch(({ stdout, message }: { stdout?: string; message: string }) => ({ stdout: stdout || message }));
  expect(stdout).toBe('');
});

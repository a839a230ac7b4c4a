// npm run bench -- NAME …: runs bench/NAME.ts; without a name, lists the questions there are.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import process from 'node:process';

const [name, ...args] = process.argv.slice(2);
if (!name || !existsSync(new URL(`../bench/${name}.ts`, import.meta.url))) {
  const names = readdirSync(new URL('../bench/', import.meta.url)).filter((file) => file.endsWith('.ts'));
  console.error(
    `npm run bench -- NAME, where NAME is one of: ${names.map((file) => file.slice(0, -3)).join(', ')}`,
  );
  process.exit(1);
}
process.exit(
  spawnSync('node', [`bench/${name}.ts`, ...args], { stdio: 'inherit', shell: process.platform === 'win32' })
    .status ?? 1,
);

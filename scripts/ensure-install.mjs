// Runs before `npm start` and `npm test`, on whatever Node.js is there: installs what the lock file says when it is
// not installed, or not any more, and says clearly what is missing when that cannot work.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import process from 'node:process';

const at = (path) => new URL(`../${path}`, import.meta.url);
const isWindows = process.platform === 'win32';
const installed = at('node_modules/.package-lock.json');
const isInstalled =
  existsSync(installed) && statSync(at('package-lock.json')).mtimeMs <= statSync(installed).mtimeMs;

if (!isInstalled) {
  console.log('Installing dependencies (first run, or the lock file has changed) …');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    stdio: 'inherit',
    shell: isWindows,
    cwd: at('.'),
  });
  if (status !== 0) process.exit(status ?? 1);
}

const bundledNode = at(isWindows ? 'node_modules/.bin/node.cmd' : 'node_modules/.bin/node');
if (!existsSync(bundledNode) && Number(process.versions.node.split('.')[0]) < 24) {
  console.error(
    `Node.js 24 or newer is needed, this is ${process.versions.node}. ` +
      'The project brings one along, but its install script was blocked: allow the script of the package "node", or install a newer Node.js.',
  );
  process.exit(1);
}

// Every optional dependency named in the lock file is in the lock file: npm leaves out those whose package it could
// not find, and `npm ci` then fails on the machines that need them.
import { readFileSync } from 'node:fs';
import process from 'node:process';

const { packages } = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'));
const names = new Set(Object.keys(packages).map((path) => path.split('node_modules/').pop()));
const missing = new Set(
  Object.values(packages)
    .flatMap(({ optionalDependencies }) => Object.keys(optionalDependencies ?? {}))
    .filter((name) => !names.has(name)),
);
if (missing.size > 0) {
  console.error(`not in package-lock.json, so that npm ci will fail: ${[...missing].join(', ')}`);
  process.exit(1);
}

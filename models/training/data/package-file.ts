import { readFileSync } from 'node:fs';

/** Reads a file of a data package. By path, since these packages do not export their data files by name. */
export function readPackageFile(path: string): string {
  return readFileSync(new URL(`../node_modules/${path}`, import.meta.url), 'utf8');
}

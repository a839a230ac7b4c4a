import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { writeZip, type ZipFile } from './zip-archive.ts';

const imagePattern = /\.(png|jpe?g|webp|gif|bmp|tiff?|avif)$/i;

/** The images of a folder and those below it as a ZIP archive, read as it is sent. Hidden files and links are left out. */
export function zipImages(folder: string): AsyncGenerator<Uint8Array, void> {
  return writeZip(imagesOf(folder));
}

/** @throws RangeError when there is none */
async function* imagesOf(folder: string): AsyncGenerator<ZipFile, void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() && imagePattern.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(
      (path) =>
        !relative(folder, path)
          .split(sep)
          .some((part) => part.startsWith('.')),
    )
    // the same order on every machine, since an upload that is sent again must be the same
    .toSorted((a, b) => (a < b ? -1 : 1));
  if (paths.length === 0) throw new RangeError(`There are no images in the folder ${folder}.`);
  for (const path of paths)
    yield { name: relative(folder, path).split(sep).join('/'), bytes: await readFile(path) };
}

import { createReadStream, openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatOfFileName, toDatasetName } from '../datasets/file-name.ts';
import type { UploadOptions } from '../datasets/upload.ts';
import type { UploadSource } from '../datasets/upload-body.ts';
import { zipImages } from './image-folder.ts';

interface OpenFile extends Pick<UploadOptions, 'name' | 'format'> {
  readonly source: UploadSource;
}

/**
 * A file of the disk as what can be uploaded: read as it is sent, never whole, and again when it is sent again. It
 * fails when the file changes meanwhile. Of a folder, its images; a pipe or a device gives its bytes once.
 *
 * @throws Error of Node.js when there is no such file
 */
export async function openFile(path: string | URL): Promise<OpenFile> {
  const given = path instanceof URL ? fileURLToPath(path) : path;
  // as it was given: an empty path is no file, and would become the present folder
  const found = await stat(given);
  const filePath = resolve(given);
  const fileName = basename(filePath);
  if (found.isDirectory()) return { source: () => zipImages(filePath), name: fileName, format: 'images' };
  const format = formatOfFileName(fileName);
  // what is no file has no size, and would be taken for empty
  const source = found.isFile() ? await openAsBlob(filePath) : createReadStream(filePath);
  return { source, name: toDatasetName(fileName), ...(format && { format }) };
}

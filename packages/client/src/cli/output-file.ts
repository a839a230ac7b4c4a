import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ExportFormat } from '@oriel/schemas';
import type { NodeClient } from '../node/node-client.ts';
import { findTarget } from '../node/save-stream.ts';
import { standardStream, toOutputFormat } from './formats.ts';
import { type Terminal, UsageError } from './terminal.ts';

/** Where a result goes. */
export interface OutputFile {
  /** `-` for standard output. */
  readonly path: string;
  readonly format: ExportFormat;
}

/**
 * Checked before hours of work, not after them.
 *
 * @throws UsageError when nothing can be written there
 */
export async function checkOutput(path: string, saidFormat: string | undefined): Promise<OutputFile> {
  const format = toOutputFormat(saidFormat, path);
  if (path !== standardStream) await checkWritable(path);
  return { path, format };
}

async function checkWritable(path: string): Promise<void> {
  const target = await findTarget(path);
  if (target.kind === 'folder') throw new UsageError(`${path} is a folder. Name a file, e.g. in it.`);
  // a file is written beside the one that it takes the place of
  const [place, what] = target.kind === 'file' ? [dirname(target.path), 'the folder '] : [target.path, ''];
  await access(place, constants.W_OK).catch(() => {
    throw new UsageError(`Nothing can be written to ${what}${place}.`);
  });
}

/** @returns how many bytes came; null on standard output */
export async function writeOutput(
  client: NodeClient,
  datasetId: string,
  { path, format }: OutputFile,
  { stdout, signal }: Terminal,
): Promise<number | null> {
  const selection = { id: datasetId, format };
  if (path !== standardStream) return client.datasets.downloadTo(path, selection, { signal });
  const { stream } = await client.datasets.download(selection, { signal });
  await pipeline(stream, stdout, { signal, end: false });
  return null;
}

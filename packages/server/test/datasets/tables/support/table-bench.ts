import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ImportOptions, Tables } from '../../../../src/datasets/table/table.ts';
import { createTables, type TableOptions } from '../../../../src/datasets/table/tables.ts';
import { createFileStorage } from '../../../../src/storage/file-storage.ts';

/** `storage`: of another bench, whose tables are to be read with other settings. */
type Bench = Partial<Omit<TableOptions, 'storage'>> & { readonly storage?: FileStorage };
type FileStorage = ReturnType<typeof createFileStorage>;

/** Tables over a folder of their own, removed when it goes out of `await using`. */
export async function openBench({ storage: given, ...options }: Bench = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'oriel tables [*]'));
  const storage =
    given ?? createFileStorage({ blobsFolder: join(folder, 'blobs'), workFolder: join(folder, 'work') });
  const settings = { memoryMb: 512, threads: 2, unpackedBytesMax: 2 ** 30, ...options };
  const tables: Tables = createTables({ storage, ...settings });

  return {
    folder,
    storage,
    tables,
    importBytes: async (
      bytes: string | Uint8Array | AsyncIterable<Uint8Array>,
      name: string,
      more: Partial<ImportOptions> = {},
    ) => tables.import(await storage.write(toPieces(bytes)), { name, ...more }),
    async [Symbol.asyncDispose]() {
      await tables.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function toPieces(bytes: string | Uint8Array | AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  if (typeof bytes !== 'string' && !(bytes instanceof Uint8Array)) return bytes;
  return (async function* () {
    yield Buffer.from(bytes);
  })();
}

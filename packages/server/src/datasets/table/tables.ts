import type { BlobStorage } from '../../storage/blob-storage.ts';
import type { Tables } from './table.ts';

export interface TableOptions {
  readonly storage: Pick<BlobStorage, 'openFile' | 'takeFile' | 'openWorkFolder'>;
  /** Memory that reading tables may take, in MiB; what needs more goes to disk, or is refused. */
  readonly memoryMb: number;
  /** Threads of each statement. */
  readonly threads: number;
  /** Most bytes that a packed file may unpack to. */
  readonly unpackedBytesMax: number;
  /** Most levels of lists and objects within each other. */
  readonly jsonDepthMax?: number;
}

/** DuckDB takes 60 ms and 50 MB to load: it is, with the first table. */
export function createTables(options: TableOptions): Tables {
  let started: Promise<Tables> | undefined;
  const start = () => {
    started ??= import('./start-tables.ts').then(({ startTables }) => startTables(options));
    // the next call tries again
    started.catch(() => (started = undefined));
    return started;
  };
  return {
    import: async (source, importOptions) => (await start()).import(source, importOptions),
    open: async (sha256) => (await start()).open(sha256),
    write: async (columns, rows) => (await start()).write(columns, rows),
    writeWith: async (write) => (await start()).writeWith(write),
    join: async (...files) => (await start()).join(...files),
    profile: async (sha256, profileOptions) => (await start()).profile(sha256, profileOptions),
    close: async () => (await started?.catch(() => undefined))?.close(),
  };
}

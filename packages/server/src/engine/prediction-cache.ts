import { LRUCache } from 'lru-cache';

export interface PredictionCache {
  /** The output in a box, since any value may be an output. */
  find(key: string): { readonly output: unknown } | undefined;
  add(key: string, output: unknown): void;
  readonly entries: number;
  readonly sizeBytes: number;
}

const defaultSizeBytesMax = 64 * 1024 * 1024;

/** Keeps the outputs asked for last, within a count and within an estimate of their memory. */
export function createPredictionCache(
  entriesMax: number,
  sizeBytesMax = defaultSizeBytesMax,
): PredictionCache {
  if (entriesMax === 0) return { find: () => undefined, add: () => {}, entries: 0, sizeBytes: 0 };
  const cache = new LRUCache<string, { readonly output: unknown }>({
    max: entriesMax,
    maxSize: sizeBytesMax,
  });
  return {
    find: (key) => cache.get(key),
    add(key, output) {
      const size = estimateBytes(key, output);
      if (size !== null) cache.set(key, { output }, { size });
    },
    get entries() {
      return cache.size;
    },
    get sizeBytes() {
      return cache.calculatedSize;
    },
  };
}

/** Null for what is no JSON: such an output is not kept. */
function estimateBytes(key: string, output: unknown): number | null {
  try {
    return key.length + (JSON.stringify(output)?.length ?? 1);
  } catch {
    return null;
  }
}

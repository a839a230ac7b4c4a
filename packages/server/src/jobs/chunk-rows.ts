/** What is to be scored, or checked. */
export interface ChunkedRows {
  readonly rows: number;
  /** Of the file that they came in. */
  readonly sizeBytes: number;
  readonly areImages?: boolean;
  /** A row takes microseconds. */
  readonly areQuick?: boolean;
}

/** Images are slow to score: a chunk of them takes as long as one of many small rows. */
const imageRowsMax = 250;
/** Several chunks are in memory at once, each a few times over. */
const bytesMax = 32 * 1_048_576;
/** As large as a chunk of quick rows becomes, in usual ones: to begin a chunk, and to write it down, takes as long as some ten thousand of them. */
const quickFactorMax = 4;
/** So many chunks a job has before they become larger: all threads have one to the end, and who watches sees it move. */
const quickChunksMin = 16;

/** @param usual - rows of a chunk, where they are small and take a while @returns how many rows a chunk of a new job has */
export function createChunkRows(usual: number) {
  return ({ rows, sizeBytes, areImages, areQuick = false }: ChunkedRows): number => {
    const rowBytes = Math.max(1, sizeBytes / Math.max(1, rows));
    const ofSize = Math.max(1, Math.floor(bytesMax / rowBytes));
    if (areImages) return Math.min(usual, ofSize, imageRowsMax);
    const factor = Math.min(quickFactorMax, Math.floor(rows / (quickChunksMin * usual)));
    return Math.min(ofSize, areQuick && factor > 1 ? factor * usual : usual);
  };
}

/** Rows that a chunk has of a table. */
export interface ChunkRange {
  readonly offset: number;
  readonly limit: number;
  /** Rows in each group of the file that its results are written to; left out: as usual. */
  readonly groupRows?: number;
}

/** DuckDB's own unit: it ends a group of rows where it has so many, or a multiple, or where they end. */
const unitRows = 2048;
/** Of files whose groups are small or all different: so many times as many chunks are begun, and no more. */
const moreChunksMax = 2;
/** A group that is not cut may be larger than a chunk was to be by so many times. */
const largerMax = 1.2;

/** Chunks of so many rows. */
export function rangesByRows(rows: number, chunkRows: number): ChunkRange[] {
  return Array.from({ length: Math.ceil(rows / chunkRows) }, (_, index) => ({
    offset: index * chunkRows,
    limit: Math.min(chunkRows, rows - index * chunkRows),
  }));
}

/**
 * Chunks that end where groups of rows of the file end, and whose results can be written in groups of the same sizes: they
 * are put beside those rows without reading either. By rows where groups are too large for that, or too small. The same
 * for the same file, each time.
 *
 * @param groups - rows of each group of the file
 */
export function rangesByGroups(groups: readonly number[], chunkRows: number): ChunkRange[] {
  const rows = groups.reduce((sum, rows) => sum + rows, 0);
  const usual = rangesByRows(rows, chunkRows);
  if (groups.some((rows) => rows > largerMax * chunkRows)) return usual;
  const ranges: Required<ChunkRange>[] = [];
  let offset = 0;
  let isOpen = false;
  for (const rows of groups) {
    const last = ranges.at(-1);
    if (last && isOpen && rows <= last.groupRows && last.limit + rows <= chunkRows)
      ranges[ranges.length - 1] = { ...last, limit: last.limit + rows };
    else ranges.push({ offset, limit: rows, groupRows: rows });
    // a smaller group, or one that DuckDB would not end there, can only be the last
    isOpen = rows === ranges.at(-1)?.groupRows && rows % unitRows === 0;
    offset += rows;
  }
  return ranges.length <= moreChunksMax * usual.length ? ranges : usual;
}

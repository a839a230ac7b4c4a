import type { CsvRecord } from './csv-scanner.ts';
import { missingWords, type Reading, text, textReadings } from './readings.ts';

const readings = textReadings({ hasDecimalComma: false }).filter((reading) => reading !== text);
const missing: ReadonlySet<string> = new Set(missingWords);

/**
 * Whether the first record names the columns: none of its cells is a number, a date or a truth, or one of them is a text
 * over a column that has nothing but those.
 */
export function hasHeader([first, ...rows]: readonly CsvRecord[]): boolean {
  if (!first?.cells.some(isTyped)) return true;
  return first.cells.some((cell, column) => {
    if (cell.trim() === '' || isTyped(cell)) return false;
    const below = rows.map(({ cells }) => cells[column] ?? '').filter(isPresent);
    return below.length > 0 && below.every(isTyped);
  });
}

/** The readings that the texts of a column, as far as they are known, may have; never none. */
export function likelyReadings(all: readonly Reading[], texts: readonly string[]): Reading[] {
  const present = texts.filter(isPresent).map((value) => value.trim());
  return all.filter(({ looksRight }) => present.every(looksRight));
}

function isPresent(cell: string): boolean {
  const trimmed = cell.trim();
  return trimmed !== '' && !missing.has(trimmed);
}

function isTyped(cell: string): boolean {
  const trimmed = cell.trim();
  return trimmed !== '' && readings.some(({ looksRight }) => looksRight(trimmed));
}

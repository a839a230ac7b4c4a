import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createCsvScanner } from './csv-scanner.ts';
import { readPieces } from './open-text.ts';

const pieceBytes = 64 * 1024;

/** Longer than any line that is read, so that what is cut is refused. */
const cellCharsMax = 16 * 1024 * 1024;

interface Rewrite {
  readonly path: string;
  readonly to: string;
  readonly delimiter: string;
  readonly signal?: AbortSignal | undefined;
}

/** Writes a sound CSV file anew, in the plainest form: some mix line ends, which DuckDB does not read. */
export async function rewriteCsv({ path, to, delimiter, signal }: Rewrite): Promise<void> {
  await pipeline(() => plainCsv(path, delimiter), createWriteStream(to), { ...(signal && { signal }) });
}

async function* plainCsv(path: string, delimiter: string): AsyncGenerator<string> {
  let lines = '';
  const scanner = createCsvScanner(delimiter, {
    cellCharsMax,
    onRecord({ cells }) {
      lines += `${cells.map((cell) => (/["\r\n]/.test(cell) || cell.includes(delimiter) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(delimiter)}\n`;
      return true;
    },
    // it was looked through before
    onFault: () => undefined,
  });
  const decoder = new TextDecoder();
  for await (const piece of readPieces(path, pieceBytes)) {
    scanner.push(decoder.decode(piece, { stream: true }));
    yield lines;
    lines = '';
  }
  scanner.end({ isWhole: true });
  yield lines;
}

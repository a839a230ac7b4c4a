const wholeFormat = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** E.g. `1,000,000`. */
export function inWords(count: number): string {
  return wholeFormat.format(count);
}

/** E.g. `1 row`, `1,000 rows`. */
export function countInWords(count: number, what: 'row' | 'column'): string {
  return `${inWords(count)} ${what}${count === 1 ? '' : 's'}`;
}

/** E.g. `12.3 MB`. */
export function sizeInWords(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let size = bytes;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit++;
  }
  return `${unit === 0 ? size : size.toFixed(1)} ${units[unit]}`;
}

/** E.g. `8 s`, `2 min 5 s`, `3 h 20 min`. */
export function durationInWords(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** What a server sent, made fit for a terminal: without what would move its cursor or colour it. */
export function safeText(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ');
}

/** Rows of a table in columns of equal width. */
export function toTable(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  }
  const toLine = (row: readonly string[]) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ');
  return rows.map((row) => toLine(row).trimEnd()).join('\n');
}

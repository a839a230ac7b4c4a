/** Tags that end a word or line; all others (b, font, span…) may stand inside a word. */
const breakingTags = new Set(
  'address blockquote body br center dd div dl dt form h1 h2 h3 h4 h5 h6 head hr html img input li ol option p pre table td th title tr ul'.split(
    ' ',
  ),
);
/** Elements whose content nobody sees. */
const hiddenTags = new Set(['script', 'style']);

const namedEntities: Readonly<Record<string, string>> = {
  amp: '&',
  apos: "'",
  bull: '*',
  cent: '¢',
  copy: '©',
  euro: '€',
  gt: '>',
  hellip: '...',
  ldquo: '"',
  lsquo: "'",
  lt: '<',
  mdash: '-',
  middot: '*',
  nbsp: ' ',
  ndash: '-',
  pound: '£',
  quot: '"',
  rdquo: '"',
  reg: '®',
  rsquo: "'",
  trade: '™',
};

/** Whether a text is likely to be HTML, from its tags. */
export function isHtml(text: string): boolean {
  return /<(?:html|body|table|div|font|center|p|br|a|img|td|span|h[1-6])\b[^<>]{0,2000}>/i.test(text);
}

/**
 * The text a reader of an HTML page sees. A scanner rather than a parser, so that broken HTML, which spam is full of,
 * costs no more than one pass: each search that finds nothing ends the scan.
 */
export function htmlToText(html: string): string {
  const lower = html.toLowerCase();
  let text = '';
  let at = 0;
  while (at < html.length) {
    const open = html.indexOf('<', at);
    if (open < 0) break;
    text += html.slice(at, open);
    if (!/[a-z!/?]/i.test(html[open + 1] ?? '')) {
      // a bare "<", as in "1 < 2"
      text += '<';
      at = open + 1;
      continue;
    }
    const end = endOfMarkup(lower, open);
    text += standInFor(html.slice(open, Math.min(end.at, open + tagLengthMax)));
    if (end.isBreaking) text += '\n';
    at = end.at;
  }
  return decodeEntities(text + html.slice(at));
}

/** Longer tags are read in part. */
const tagLengthMax = 2000;

/** Links and pictures are part of what a reader sees, if not as text. */
function standInFor(tag: string): string {
  if (/^<a\s/i.test(tag)) return ` ${/\shref\s*=\s*["']?([^"'\s>]+)/i.exec(tag)?.[1] ?? ''} `;
  if (/^<img\s/i.test(tag)) return ' _picture_ ';
  return /^<form[\s>]/i.test(tag) ? ' _form_ ' : '';
}

/** Where a tag, comment or hidden element that opens here has ended. */
function endOfMarkup(lower: string, open: number): { at: number; isBreaking: boolean } {
  // comments inside words are a way to hide them from filters, so they leave no gap
  if (lower.startsWith('<!--', open)) return { at: after(lower, '-->', open + 4), isBreaking: false };
  const close = after(lower, '>', open);
  const name = /^<\/?([a-z][a-z0-9]*)/.exec(lower.slice(open, open + 16))?.[1] ?? '';
  if (!hiddenTags.has(name) || lower[open + 1] === '/')
    return { at: close, isBreaking: breakingTags.has(name) };
  return { at: after(lower, '>', after(lower, `</${name}`, close) - 1), isBreaking: true };
}

/** The index behind the next `mark`; the end of the text when there is none. */
function after(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found < 0 ? text.length : found + mark.length;
}

function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,8}));?/gi, (whole, decimal, hex, name) => {
    if (name) return namedEntities[String(name).toLowerCase()] ?? whole;
    const code = decimal ? Number(decimal) : Number.parseInt(String(hex), 16);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : ' ';
  });
}

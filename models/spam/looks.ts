/** What of a mail its looks are told from. */
export interface Looked {
  readonly title: string;
  readonly text: string;
  readonly html: string;
}

/** Looks are told from the start of a long text. */
const lengthMax = 20_000;

/**
 * How a mail looks, whatever its words: shouting, length, odd subjects, loud HTML, letters that English has not. Each
 * look comes in steps; a mail has one step of each.
 */
export function looksOf({ title, text, html }: Looked): string[] {
  const start = text.slice(0, lengthMax);
  const markup = html.slice(0, 5 * lengthMax);
  const steps: Record<string, number> = {
    'capitals in subject': step(capitalShare(title), [0.3, 0.6]),
    'capitals in text': step(capitalShare(start), [0.08, 0.2, 0.5]),
    'exclamation marks in subject': step(count(title, /!/g), [1, 2]),
    'exclamation marks in text': step(count(start, /!/g) / (1 + start.length / 500), [0.5, 1.5]),
    'words in subject': step(count(title, /\S+/g), [1, 3, 6, 10]),
    'gap in subject': step(count(title, /\S\s{4,9}/g), [1]),
    'letters with digits in subject': step(count(title, /[a-z]\d|\d[a-z]/gi), [1]),
    'number ends subject': Number(/\d{3}$/.test(title)),
    length: step(text.trim().length, [1, 100, 400, 1500, 5000, 20_000]),
    'foreign letters': step(count(start, /[^\p{ASCII}]/gu) / (start.length + 1), [0.01, 0.05, 0.15]),
    pictures: step(count(markup, /<img/gi), [1, 2, 3]),
    fonts: step(count(markup, /<font/gi), [1, 4, 12]),
    colours: step(count(markup, /color=/gi), [1, 5]),
    'shouted tags': step(count(markup, /<[A-Z]{1,6}[ >]/g), [1, 10]),
  };
  return Object.entries(steps).map(([name, value]) => `look: ${name} ${value}`);
}

function capitalShare(text: string): number {
  const letters = count(text, /\p{L}/gu);
  // a few letters say nothing: "OK"
  return letters < 8 ? 0 : count(text, /\p{Lu}/gu) / letters;
}

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

/** How many of the rising limits the value reaches. */
const step = (value: number, limits: readonly number[]): number =>
  limits.filter((limit) => value >= limit).length;

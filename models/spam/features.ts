import { looksOf } from './looks.ts';
import { readMail } from './mail-source.ts';
import { cleanSubject } from './subject.ts';
import { wordsOf } from './words.ts';

/** Number of buckets that features are hashed into; each has a weight in the model. */
export const bucketCount = 2 ** 18;

export interface Mail {
  readonly subject?: string | null | undefined;
  readonly body: string;
}

/** Added under the root that scales words to length 1: the few words of a short mail weigh less than those of a long one. */
const shortness = 30;
/** Weight of each look; there is the same number of them in every mail. */
const lookWeight = 0.4;

/**
 * A mail's features and their weights: single words and pairs, counted sublinearly and scaled so that a long mail
 * weighs hardly more than a short one; and its looks.
 */
export function featuresOf(mail: Mail): Map<string, number> {
  const { subject, text, html } = readMail(mail.body);
  const title = cleanSubject(mail.subject ?? subject ?? '');
  const features = new Map<string, number>();
  count(features, wordsOf(title), 'subject: ');
  count(features, wordsOf(`${title}\n\n${text}`), '');

  let squares = shortness;
  for (const [name, times] of features) {
    const weight = 1 + Math.log(times);
    features.set(name, weight);
    squares += weight ** 2;
  }
  for (const [name, weight] of features) features.set(name, weight / Math.sqrt(squares));
  for (const name of looksOf({ title, text, html })) features.set(name, lookWeight);
  return features;
}

function count(counts: Map<string, number>, words: readonly (string | null)[], prefix: string): void {
  let before: string | null = null;
  for (const word of words) {
    if (word !== null) add(counts, prefix + word);
    if (word !== null && before !== null) add(counts, `${prefix}${before} ${word}`);
    before = word;
  }
}

const add = (counts: Map<string, number>, name: string): unknown =>
  counts.set(name, (counts.get(name) ?? 0) + 1);

/** FNV-1a over UTF-16 units, mixed once more so that the lowest bits are as good as the others. */
export function bucketOf(feature: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < feature.length; i++) hash = Math.imul(hash ^ feature.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) & (bucketCount - 1);
}

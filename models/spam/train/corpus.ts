import { type CorpusMail, readMails } from '../../training/data/mails.ts';
import { createSets, firstCopyOf } from '../../training/near-copies.ts';
import { createRandom, type Random } from '../../training/random.ts';
import type { Split } from '../../training/split.ts';
import { readMail } from '../mail-source.ts';
import { cleanSubject } from '../subject.ts';

export const seed = 6;

/** A mail with what it says, and the number of the group that must stay on one side of every split. */
export interface TrainingMail extends CorpusMail {
  readonly subject: string;
  readonly text: string;
  readonly thread: number;
  /** Whether a mail before it in the corpus says nearly the same. */
  readonly isCopy: boolean;
}

/**
 * The corpus in groups that must stay together: near-identical copies, as bulk mail comes in, and the mails of one
 * thread, which quote each other.
 */
export function readGroupedMails(): TrainingMail[] {
  const mails = readMails().map((mail) => {
    const { subject, text } = readMail(mail.source);
    return { ...mail, subject: cleanSubject(subject ?? ''), text };
  });
  const copies = firstCopyOf(mails.map(({ subject, text }) => plainWords(`${subject}\n${text}`)));
  const threads = createSets(mails.length);
  const firstWithSubject = new Map<string, number>();
  for (const [index, { subject }] of mails.entries()) {
    threads.join(copies[index] ?? index, index);
    const key = subject
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, ' ')
      .trim();
    const first = firstWithSubject.get(key);
    if (key !== '' && first !== undefined) threads.join(first, index);
    else firstWithSubject.set(key, index);
  }
  return mails.map((mail, index) => ({
    ...mail,
    thread: threads.find(index),
    isCopy: copies[index] !== index,
  }));
}

/** Not the model's own words, so that a change to those leaves the split as it is. */
const plainWords = (text: string): string[] => text.toLowerCase().match(/[a-z]{2,24}/g) ?? [];

/** Deals whole threads into parts of about the same number of spam and of ham. */
export function foldsOf(mails: readonly TrainingMail[], count: number, random: Random): TrainingMail[][] {
  const folds = Array.from({ length: count }, (): TrainingMail[] => []);
  for (const label of ['spam', 'ham'] as const) {
    const sizes = new Array<number>(count).fill(0);
    const threads = [...Map.groupBy(mails, ({ thread }) => thread).values()].filter(
      (thread) => thread[0]?.label === label,
    );
    for (const thread of random.shuffled(threads)) {
      const smallest = sizes.indexOf(Math.min(...sizes));
      folds[smallest]?.push(...thread);
      sizes[smallest] = (sizes[smallest] ?? 0) + thread.length;
    }
  }
  return folds;
}

/** A fifth of the mails is held out, by whole groups. */
export function splitMails(): Split<TrainingMail> {
  const [heldOut = [], ...rest] = foldsOf(readGroupedMails(), 5, createRandom(seed));
  return { train: rest.flat(), heldOut };
}

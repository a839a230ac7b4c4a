import { z } from 'zod';

/** Control characters garble lists, logs and terminals, and the database refuses one of them. */
const noControls = /^\P{Cc}*$/u;
const message = 'must not have control characters';

/** Text without control characters. */
export function plainText(charsMax: number) {
  return z.string().max(charsMax).regex(noControls, message);
}

/** What people call something: without control characters, and without white space around it. */
export function nameText(charsMax: number) {
  return z.string().trim().min(1).max(charsMax).regex(noControls, message);
}

import { z } from 'zod';

/** Bounds of a list's items, or of a text's characters (code points, as zod counts). */
interface LengthRule {
  readonly min: number;
  readonly max: number;
}

/** The bounds that these checks of a schema set together; undefined when one of them is about something else. */
export function toLengthRule(checks: readonly z.core.$ZodCheck[]): LengthRule | undefined {
  let [min, max] = [0, Number.POSITIVE_INFINITY];
  for (const check of checks) {
    // zod's checks are told apart by their `check`
    const { def } = (check as z.core.$ZodChecks)._zod;
    if (def.check === 'min_length') min = Math.max(min, def.minimum);
    else if (def.check === 'max_length') max = Math.min(max, def.maximum);
    else if (def.check === 'length_equals')
      [min, max] = [Math.max(min, def.length), Math.min(max, def.length)];
    else return undefined;
  }
  return { min, max };
}

/**
 * Whether the length is within the bounds for sure. A code point is one or two units of a text: as many units as `max`
 * or fewer are never too many, twice `min` or more never too few, and only between are they counted.
 */
export function fitsLength({ min, max }: LengthRule, value: string | readonly unknown[]): boolean {
  const { length } = value;
  if (!(length >= min && length <= max)) return false;
  return typeof value !== 'string' || length >= 2 * min || z.core.util.codePointLength(value) >= min;
}

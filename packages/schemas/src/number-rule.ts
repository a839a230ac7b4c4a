import { z } from 'zod';

/** What a number must be. `min` and `max` are allowed themselves, `above` and `below` are not. */
interface NumberRule {
  readonly min: number;
  readonly max: number;
  readonly above: number;
  readonly below: number;
  readonly isInt: boolean;
  /** The number must be a multiple of each; null when of none. */
  readonly steps: readonly number[] | null;
}

/** What these checks of a schema ask for together; undefined when one of them is about something else. */
export function toNumberRule(checks: readonly z.core.$ZodCheck[]): NumberRule | undefined {
  let rule: NumberRule | undefined = anyNumber;
  for (const check of checks) rule = rule && withCheck(rule, check);
  return rule;
}

/** Any finite number: `above` and `below` leave the infinities out, and NaN passes no comparison. */
const anyNumber: NumberRule = {
  min: Number.NEGATIVE_INFINITY,
  max: Number.POSITIVE_INFINITY,
  above: Number.NEGATIVE_INFINITY,
  below: Number.POSITIVE_INFINITY,
  isInt: false,
  steps: null,
};

function withCheck(rule: NumberRule, check: z.core.$ZodCheck): NumberRule | undefined {
  // zod's checks are told apart by their `check`
  const { def } = (check as z.core.$ZodChecks)._zod;
  if (def.check === 'number_format') {
    const [min, max] = z.core.util.NUMBER_FORMAT_RANGES[def.format];
    const isInt = rule.isInt || def.format.includes('int');
    return { ...rule, isInt, min: Math.max(rule.min, min), max: Math.min(rule.max, max) };
  }
  if (!('value' in def) || typeof def.value !== 'number') return undefined;
  const { value } = def;
  if (def.check === 'greater_than')
    return def.inclusive
      ? { ...rule, min: Math.max(rule.min, value) }
      : { ...rule, above: Math.max(rule.above, value) };
  if (def.check === 'less_than')
    return def.inclusive
      ? { ...rule, max: Math.min(rule.max, value) }
      : { ...rule, below: Math.min(rule.below, value) };
  if (def.check === 'multiple_of') return { ...rule, steps: [...(rule.steps ?? []), value] };
  return undefined;
}

export function fitsNumber(rule: NumberRule, value: unknown): boolean {
  const { min, max, above, below } = rule;
  if (typeof value !== 'number') return false;
  return value >= min && value <= max && value > above && value < below && hasForm(rule, value);
}

/** Whether all of them fit. One loop over bounds read once: a call for each number costs more than the number does. */
export function fitNumbers(rule: NumberRule, values: readonly unknown[]): boolean {
  const { min, max, above, below, isInt, steps } = rule;
  const isFormed = isInt || steps !== null;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index];
    if (typeof value !== 'number') return false;
    if (!(value >= min && value <= max && value > above && value < below)) return false;
    if (isFormed && !hasForm(rule, value)) return false;
  }
  return true;
}

function hasForm({ isInt, steps }: NumberRule, value: number): boolean {
  if (isInt && !Number.isInteger(value)) return false;
  return steps === null || steps.every((step) => z.core.util.floatSafeRemainder(value, step) === 0);
}

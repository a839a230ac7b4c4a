import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { UsageError } from './terminal.ts';

/** Options of every command. */
export const commonOptions = {
  url: { type: 'string' },
  'api-key': { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies ParseArgsOptionsConfig;

/** @throws UsageError when there is an option that the command does not have, or too many or too few names */
export function readArguments<const Options extends ParseArgsOptionsConfig>(
  args: readonly string[],
  { options, names = [] }: { options: Options; names?: readonly string[] },
) {
  const { values, positionals } = parse();
  if (positionals.length > names.length)
    throw new UsageError(`"${positionals[names.length]}" is one word too many.`);
  // an empty one is a variable that is not set
  const missing = names.find((_name, i) => (positionals[i] ?? '') === '');
  if (missing !== undefined) throw new UsageError(`Say which ${missing}.`);
  return { values, positionals };

  function parse() {
    try {
      return parseArgs({ args: [...args], options, strict: true, allowPositionals: true });
    } catch (error) {
      throw new UsageError(error instanceof Error ? error.message : String(error));
    }
  }
}

/** What `--url` says among the arguments of any command; undefined where it is not there. */
export function findUrl(args: readonly string[]): string | undefined {
  const { url } = parseArgs({ args: [...args], options: commonOptions, strict: false }).values;
  return typeof url === 'string' ? url : undefined;
}

/** @throws UsageError when it is not given */
export function required(value: string | undefined, option: string): string {
  if (value === undefined || value === '') throw new UsageError(`${option} is missing.`);
  return value;
}

/**
 * A value that must be one of a few.
 *
 * @throws UsageError when it is another one
 */
export function oneOf<const Choice extends string>(
  value: string | undefined,
  option: string,
  choices: readonly Choice[],
): Choice | undefined {
  if (value === undefined) return undefined;
  const chosen = choices.find((choice) => choice === value);
  if (chosen === undefined) throw new UsageError(`${option} must be one of ${choices.join(', ')}.`);
  return chosen;
}

/** @throws UsageError when it is not a whole number between the two */
export function wholeNumber(
  value: string | undefined,
  option: string,
  { min, max }: { min: number; max: number },
): number | undefined {
  if (value === undefined) return undefined;
  // what is empty is no number, whatever JavaScript makes of it
  const number = value.trim() === '' ? Number.NaN : Number(value);
  if (!Number.isInteger(number) || number < min || number > max)
    throw new UsageError(`${option} must be a whole number from ${min} to ${max}.`);
  return number;
}

/**
 * `field=column` pairs, as `--map` gives them.
 *
 * @throws UsageError when one is not such a pair, or a field comes twice
 */
export function readPairs(texts: readonly string[] = []): Record<string, string> {
  const pairs = new Map<string, string>();
  for (const text of texts) {
    const at = text.indexOf('=');
    if (at < 1 || at === text.length - 1)
      throw new UsageError(`--map wants field=column, e.g. --map bodyMassG=body_mass; it got "${text}".`);
    const field = text.slice(0, at);
    if (pairs.has(field)) throw new UsageError(`--map names the field "${field}" twice.`);
    pairs.set(field, text.slice(at + 1));
  }
  return Object.fromEntries(pairs);
}

/** A number as JSON writes it, which no id with leading zeros and no `1,5` or `0x10` is. */
const jsonNumber = /^-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/**
 * The number that a text says, where nothing is lost by reading it as one; null otherwise: `007` is an id, and
 * `9007199254740993` has no double of its own.
 */
export function toExactNumber(text: string): number | null {
  const trimmed = text.trim();
  const match = jsonNumber.exec(trimmed);
  if (!match) return null;
  const value = Number(trimmed);
  if (!Number.isFinite(value)) return null;
  const isWhole = match[1] === undefined && match[2] === undefined;
  // a fraction is read as the nearest double, as every reader of JSON does
  if (!isWhole || Number.isSafeInteger(value)) return value;
  return BigInt(trimmed) === BigInt(value) ? value : null;
}

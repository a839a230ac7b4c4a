const secondsMax = 30;

/**
 * How long a caller prefers to wait, in seconds; null when it does not say.
 * @see RFC 7240, section 4.3, "The wait Preference"
 */
export function waitOf(header: string | readonly string[] | undefined): number | null {
  const [, seconds] = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,6})"?\s*(?:$|[,;])/i.exec(toText(header)) ?? [];
  return seconds === undefined ? null : Math.min(secondsMax, Number(seconds));
}

/**
 * Whether a caller prefers an answer before the work is done.
 * @see RFC 7240, section 4.1, "The respond-async Preference"
 */
export function isAsyncPreferred(header: string | readonly string[] | undefined): boolean {
  return /(?:^|[,;\s])respond-async\s*(?:$|[,;])/i.test(toText(header));
}

function toText(header: string | readonly string[] | undefined): string {
  return typeof header === 'string' ? header : (header?.join(', ') ?? '');
}

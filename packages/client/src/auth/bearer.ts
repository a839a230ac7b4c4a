/**
 * Whether a text can stand in an `Authorization: Bearer` header. Checked before it is put there: what `fetch` says
 * about a header that it refuses repeats the header.
 *
 * @see RFC 6750, section 2.1
 */
export function isBearerText(text: string): boolean {
  return /^[\w.~+/-]+=*$/.test(text);
}

/** What a caller has already: the tags in their quotes; `*` is whatever there is. */
export type KnownTags = '*' | ReadonlySet<string>;

/** Commas may be within one. */
const opaqueTag = /"[\x21\x23-\x7e\x80-\xff]*"/g;

/**
 * Reads If-None-Match. The comparison is the weak one, in which `W/"7"` and `"7"` are the same.
 *
 * @see RFC 9110, section 13.1.2, "If-None-Match"
 */
export function readIfNoneMatch(header: string | undefined): KnownTags {
  const text = header?.trim() ?? '';
  return text === '*' ? '*' : new Set(text.match(opaqueTag));
}

/** Whether the caller has what is tagged so, and needs only to be told that. */
export function isKnown(known: KnownTags, etag: string): boolean {
  return known === '*' || known.has(etag);
}

import { hash } from 'node:crypto';

const hashes = new WeakMap<ArrayBufferView, string>();

/** SHA-256 of a view's bytes, in hex; kept for {@link knownHashOf}. Always computed: a cache key is never of old bytes. */
export function hashBytes(view: ArrayBufferView): string {
  const sha256 = computeHash(view);
  hashes.set(view, sha256);
  return sha256;
}

/**
 * The same, taken over from the cache key of the input where there was one: an image is hashed once, not twice. A record
 * then tells of the bytes that were predicted with. That they are the same bytes still is not at stake: each request has
 * its own copy of what it sent, and nothing writes to an input after validation.
 */
export function knownHashOf(view: ArrayBufferView): string {
  return hashes.get(view) ?? computeHash(view);
}

function computeHash({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  return hash('sha256', new Uint8Array(buffer, byteOffset, byteLength), 'hex');
}

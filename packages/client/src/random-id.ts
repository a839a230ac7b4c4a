/** An id that nobody else makes. Not `crypto.randomUUID`: pages have that over HTTPS and from localhost alone. */
export function createRandomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

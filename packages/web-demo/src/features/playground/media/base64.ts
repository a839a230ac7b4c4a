/** The bytes that a base64 text holds, as a file; null when the text is none. */
export function fromBase64(text: string): Blob | null {
  try {
    return new Blob([Uint8Array.from(atob(text), (char) => char.charCodeAt(0))]);
  } catch {
    return null;
  }
}

/** A file's bytes as base64 (RFC 4648, section 4). */
export async function toBase64(file: Blob): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  // one character at a time: a spread of millions of arguments would overflow the stack
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

/**
 * The name of the session's cookie. The prefix makes browsers refuse it from a subdomain or over plain HTTP, so that
 * nobody can plant one; on http://localhost there is no TLS to ask for.
 * @see RFC 6265bis, section 4.1.3.2, "The __Host- Prefix"
 */
export function sessionCookieName(isSecure: boolean): string {
  return isSecure ? '__Host-oriel-session' : 'oriel-session';
}

/** The session's id in a `Cookie` header; undefined when there is none. */
export function readSessionCookie(header: string, isSecure: boolean): string | undefined {
  const start = `${sessionCookieName(isSecure)}=`;
  for (const part of header.split(';')) {
    const cookie = part.trim();
    if (cookie.startsWith(start)) return cookie.slice(start.length);
  }
  return undefined;
}

import type { AppError } from '../errors.ts';

/**
 * What errors say in headers: when to try again, and what credential is asked for. The scheme is always Bearer, which
 * makes no browser ask for a password.
 * @see RFC 6750, section 3, "The WWW-Authenticate Response Header Field"
 */
export function errorHeaders(errors: readonly AppError[]): Record<string, string> {
  const retryAfterS = Math.max(0, ...errors.map((error) => error.retryAfterS ?? 0));
  const challenged = errors.find((error) => error.kind === 'unauthenticated' || error.challenge);
  return {
    ...(retryAfterS > 0 && { 'retry-after': String(retryAfterS) }),
    ...(challenged && { 'www-authenticate': toChallenge(challenged) }),
  };
}

function toChallenge({ challenge }: AppError): string {
  const parameters = Object.entries({ realm: 'oriel', ...challenge });
  return `Bearer ${parameters.map(([name, value]) => `${name}="${value}"`).join(', ')}`;
}

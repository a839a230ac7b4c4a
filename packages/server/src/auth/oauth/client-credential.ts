import { OauthError } from './oauth-error.ts';

/** What a request to the token endpoint says of the program that sent it; without a secret, it proves nothing. */
export interface ClientCredential {
  readonly id: string;
  readonly secret: string | null;
}

const basic = /^Basic +([A-Za-z0-9+/]+={0,2}) *$/i;

/**
 * Reads `client_secret_basic`, `client_secret_post` or, without a secret, the id alone.
 *
 * @returns null when the request names no client
 * @throws OauthError invalid_request when it uses more than one way, invalid_client when the header is not readable
 * @see RFC 6749, section 2.3.1, "Client Password"
 */
export function readClientCredential(
  authorization: string | undefined,
  fields: ReadonlyMap<string, string>,
): ClientCredential | null {
  const id = fields.get('client_id');
  const secret = fields.get('client_secret');
  if (authorization !== undefined) {
    if (secret !== undefined)
      throw new OauthError('invalid_request', 'The client shows its secret twice: use one way.');
    const credential = readBasic(authorization);
    if (id !== undefined && id !== credential.id)
      throw new OauthError('invalid_request', 'The header and the body name different clients.');
    return credential;
  }
  if (id !== undefined) return { id, secret: secret ?? null };
  if (secret !== undefined)
    throw new OauthError('invalid_request', 'There is a client_secret without client_id.');
  return null;
}

function readBasic(authorization: string): ClientCredential {
  const [, encoded] = basic.exec(authorization) ?? [];
  const text = encoded === undefined ? '' : Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  const id = colon === -1 ? null : decodeForm(text.slice(0, colon));
  const secret = colon === -1 ? null : decodeForm(text.slice(colon + 1));
  if (id === null || secret === null)
    throw new OauthError(
      'invalid_client',
      'The Authorization header is not valid. Expected: Basic and id:secret.',
    );
  return { id, secret };
}

/** Both halves are encoded as in a form before they are joined; null for what is not. */
function decodeForm(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null;
  }
}

import { isBearerText } from './bearer.ts';
import { TokenError } from './token-error.ts';

/** A service client of the server: a program with an account of its own. */
export interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
  /** The scopes to ask for, e.g. `['predict']`; without it, all that the client has. */
  readonly scopes?: readonly string[];
}

export interface TokenSourceOptions {
  /** Where the server is, without a slash at the end. */
  readonly url: string;
  readonly credentials: ClientCredentials;
  readonly fetch: typeof fetch;
  /** Longest that getting a token may take. */
  readonly timeoutMs: number;
}

/** An access token that renews itself. */
export interface TokenSource {
  /**
   * A token that is good for a while yet. Callers that come while one is fetched wait for that one.
   *
   * @param refused - a token that the server refused: another one is wanted, however long that one should have lasted
   * @throws TokenError when the server gives none
   */
  get(refused?: string): Promise<string>;
}

interface Token {
  readonly value: string;
  readonly renewAt: number;
}

/** A token is renewed this long before it ends, or after nine tenths of a short life. */
const marginMsMax = 30_000;

/**
 * Gets tokens with the client credentials grant, from the endpoint that the server's metadata names.
 *
 * @see RFC 6749, section 4.4, and RFC 8414
 */
export function createTokenSource(options: TokenSourceOptions): TokenSource {
  let current: Token | null = null;
  let renewal: Promise<Token> | null = null;

  return {
    async get(refused) {
      if (current && current.value !== refused && Date.now() < current.renewAt) return current.value;
      renewal ??= renew().finally(() => {
        renewal = null;
      });
      return (await renewal).value;
    },
  };

  async function renew(): Promise<Token> {
    // of its own: whoever waits may give up without the others losing the token
    const signal = AbortSignal.timeout(options.timeoutMs);
    current = await requestToken(await findTokenEndpoint(options, signal), options, signal);
    return current;
  }
}

async function findTokenEndpoint({ url, fetch }: TokenSourceOptions, signal: AbortSignal): Promise<string> {
  const address = `${url}/.well-known/oauth-authorization-server`;
  const response = await send(address, fetch, { signal });
  const { token_endpoint: endpoint } = await readObject(response);
  if (!response.ok || typeof endpoint !== 'string' || !URL.canParse(endpoint))
    throw new TokenError(`${address} does not say where to get one (${response.status}).`);
  if (url.startsWith('https:') && !endpoint.startsWith('https:'))
    throw new TokenError(`${endpoint} is not HTTPS, and the secret is not sent there.`);
  return endpoint;
}

async function requestToken(
  endpoint: string,
  { credentials, fetch }: TokenSourceOptions,
  signal: AbortSignal,
): Promise<Token> {
  const { scopes } = credentials;
  const requestedAt = Date.now();
  const response = await send(endpoint, fetch, {
    method: 'POST',
    headers: { authorization: toBasic(credentials), accept: 'application/json' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      ...(scopes && { scope: scopes.join(' ') }),
    }),
    signal,
  });
  const answer = await readObject(response);
  if (!response.ok) throw toTokenError(response.status, answer, credentials);
  return toToken(answer, requestedAt);
}

/** Redirects are not followed: they would take the secret to where nobody said that it may go. */
async function send(address: string, fetch: TokenSourceOptions['fetch'], init: RequestInit) {
  try {
    return await fetch(address, { ...init, redirect: 'error' });
  } catch (cause) {
    throw new TokenError(`${new URL(address).origin} does not answer.`, { cause });
  }
}

/** A JSON object; an empty one when the answer is something else. */
async function readObject(response: Response): Promise<Readonly<Record<string, unknown>>> {
  const body: unknown = await response.json().catch(() => null);
  return typeof body === 'object' && body !== null ? { ...body } : {};
}

/** @see RFC 6749, section 5.1 */
function toToken(answer: Readonly<Record<string, unknown>>, requestedAt: number): Token {
  const { access_token: value, token_type: type, expires_in: lifeSeconds = Infinity } = answer;
  const isBearer = typeof type === 'string' && type.toLowerCase() === 'bearer';
  if (typeof value !== 'string' || !isBearerText(value) || !isBearer || typeof lifeSeconds !== 'number')
    throw new TokenError('the answer of the token endpoint has no bearer token in it.');
  const lifeMs = lifeSeconds * 1000;
  return { value, renewAt: requestedAt + lifeMs - Math.min(marginMsMax, lifeMs / 10) };
}

/** @see RFC 6749, section 5.2 */
function toTokenError(
  status: number,
  { error, error_description: description }: Readonly<Record<string, unknown>>,
  { clientSecret }: ClientCredentials,
): TokenError {
  const code = typeof error === 'string' ? error : null;
  const said = [code ?? 'no reason given', typeof description === 'string' ? description : '']
    .filter(Boolean)
    .join(': ');
  // a server may repeat what it was sent
  const reason = said.replaceAll(clientSecret, '…');
  return new TokenError(`${reason} (${status})`, { status, ...(code !== null && { code }) });
}

/** @see RFC 6749, section 2.3.1: both parts are form-encoded before they are put together */
function toBasic({ clientId, clientSecret }: ClientCredentials): string {
  const encode = (text: string) => new URLSearchParams({ '': text }).toString().slice(1);
  return `Basic ${btoa(`${encode(clientId)}:${encode(clientSecret)}`)}`;
}

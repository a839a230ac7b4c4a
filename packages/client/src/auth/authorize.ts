import { untilAborted } from '../until-aborted.ts';
import { type ClientCredentials, createTokenSource, type TokenSource } from './access-token.ts';
import { isBearerText } from './bearer.ts';

/** Who calls: a program with an API key or an account of its own, or the person who is signed in with this browser. */
export type ClientAuth = { readonly apiKey: string } | ClientCredentials | 'session';

interface Needs {
  /** Where the server is, without a slash at the end. */
  readonly url: string;
  readonly fetch: typeof fetch;
  readonly timeoutMs: number;
}

/** Makes a `fetch` whose requests say who calls out of one whose requests do not. */
export type Authorize = (transport: typeof fetch) => typeof fetch;

/**
 * For nobody, a `fetch` stays as it is.
 *
 * @param needs - `fetch` gets the access tokens of a service client
 * @throws TypeError when the credentials cannot be ones
 */
export function createAuthorize(auth: ClientAuth | undefined, needs: Needs): Authorize {
  if (auth === undefined) return (transport) => transport;
  if (auth === 'session')
    return (transport) => (input, init) => transport(input, { ...init, credentials: 'include' });
  checkKind(auth);
  if ('apiKey' in auth) {
    if (!isBearerText(auth.apiKey))
      throw new TypeError('auth.apiKey is no API key: it is empty, or has spaces or line ends in it.');
    return (transport) => (input, init) => transport(input, withBearer(init, auth.apiKey));
  }
  const tokens = createTokenSource({ ...needs, credentials: auth });
  return (transport) => createTokenFetch(tokens, transport);
}

/** Not all programs have their types checked: a variable that is not set would else be sent as a name of somebody. */
function checkKind(auth: unknown): void {
  const isFilled = (value: unknown) => typeof value === 'string' && value !== '';
  if (typeof auth === 'object' && auth !== null) {
    // what is empty or has spaces is told as what it is
    if ('apiKey' in auth && typeof auth.apiKey === 'string') return;
    if (
      'clientId' in auth &&
      'clientSecret' in auth &&
      isFilled(auth.clientId) &&
      isFilled(auth.clientSecret)
    )
      return;
  }
  throw new TypeError(
    "auth must be { apiKey }, { clientId, clientSecret } or 'session', and each of them a text that is not empty.",
  );
}

/** Sends a token that renews itself, and a request once more when its token was refused before its time. */
function createTokenFetch(tokens: TokenSource, fetch: Needs['fetch']): typeof fetch {
  return async (input, init) => {
    const token = await untilAborted(tokens.get(), init?.signal);
    const response = await fetch(input, withBearer(init, token));
    // what a stream held is gone
    if (response.status !== 401 || init?.body instanceof ReadableStream) return response;
    await response.body?.cancel();
    return fetch(input, withBearer(init, await untilAborted(tokens.get(token), init?.signal)));
  };
}

function withBearer(init: RequestInit | undefined, credential: string): RequestInit {
  const headers = new Headers(init?.headers);
  headers.set('authorization', `Bearer ${credential}`);
  return { ...init, headers };
}

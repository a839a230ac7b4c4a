import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { Provider } from 'oidc-provider';

/** Somebody with an account at the provider; signs in there with the subject as the login. */
export interface ProviderPerson {
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly name?: string;
}

/** Changes what the provider says in an ID token before it signs it, or the token itself. */
export type Lie = (
  claims: JWTPayload,
  sign: (claims: JWTPayload, key?: CryptoKey) => Promise<string>,
) => Promise<string>;

const clientId = 'oriel';
const clientSecret = 'a secret: with signs & spaces';

/** A real OpenID provider on this machine: whoever names a login is signed in as that person. */
export async function startProvider() {
  // out of order until it serves
  let answer: RequestListener = (_request, response) => response.writeHead(503).end();
  const server = createServer((request, response) => answer(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  const issuer = `http://127.0.0.1:${address.port}`;
  const people = new Map<string, ProviderPerson>();
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  let lie: Lie | undefined;

  return {
    issuer,
    people,
    /** The settings of a server that signs in with it. */
    env: {
      ORIEL_OIDC_ISSUER: issuer,
      ORIEL_OIDC_CLIENT_ID: clientId,
      ORIEL_OIDC_CLIENT_SECRET: clientSecret,
      ORIEL_OIDC_NAME: 'Example',
    },
    /** Serves from now on, and sends browsers back to the server at `url` only. */
    async serve(url: string) {
      answer = (await createProvider(url)).callback();
    },
    /** What it says from now on in place of the truth. */
    lieWith(next: Lie | undefined) {
      lie = next;
    },
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };

  async function createProvider(url: string): Promise<Provider> {
    const provider = new Provider(issuer, {
      clients: [
        {
          client_id: clientId,
          client_secret: clientSecret,
          redirect_uris: [`${url}/auth/oidc/callback`],
        },
      ],
      jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: 'test', alg: 'RS256', use: 'sig' }] },
      cookies: { keys: ['only for tests'] },
      claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
      findAccount: (_exchange: unknown, sub: string) => {
        const person = people.get(sub);
        return person && { accountId: sub, claims: () => ({ sub, ...person }) };
      },
      // nobody is asked whether this server may know the address
      loadExistingGrant: async ({ oidc }: { oidc: { session: { accountId: string } } }) => {
        const grant = new provider.Grant({ clientId, accountId: oidc.session.accountId });
        grant.addOIDCScope('openid email profile');
        await grant.save();
        return grant;
      },
    });
    provider.use(async (exchange, next) => {
      await next();
      if (exchange.path === '/token' && lie) exchange.body = await distort(exchange.body, lie);
    });
    return provider;
  }

  async function distort(body: unknown, tell: Lie): Promise<unknown> {
    // refusals have no token
    if (typeof body !== 'object' || body === null || !('id_token' in body)) return body;
    const [, payload = ''] = String(body.id_token).split('.');
    const claims: JWTPayload = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const sign = (changed: JWTPayload, key = privateKey) =>
      new SignJWT(changed).setProtectedHeader({ alg: 'RS256', kid: 'test' }).sign(key);
    return { ...body, id_token: await tell(claims, sign) };
  }
}

/** A browser as far as redirects and cookies go. */
export function createTraveller() {
  const cookies = new Map<string, string>();

  return { cookies, open, signInAt };

  /** Follows nothing: where it leads is in `location`. */
  async function open(url: string, form?: Readonly<Record<string, string>>) {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map((pair) => pair.join('=')).join('; ') },
      ...(form && { method: 'POST', body: new URLSearchParams(form) }),
    });
    for (const line of response.headers.getSetCookie()) keep(line);
    const location = response.headers.get('location');
    return {
      status: response.status,
      headers: response.headers,
      text: await response.text(),
      location: location === null ? null : new URL(location, url).href,
    };
  }

  /** From the provider's first page to the address that it sends the browser back to. */
  async function signInAt(issuer: string, start: string, login: string): Promise<string> {
    let at = start;
    for (let steps = 0; steps < 10; steps++) {
      const isForm = at.includes('/interaction/');
      const form = { prompt: 'login', login, password: 'any' };
      const { location, status, text } = await (isForm ? open(at, form) : open(at));
      if (location === null) throw new Error(`the provider stopped: ${status} ${text}`);
      if (!location.startsWith(issuer)) return location;
      at = location;
    }
    throw new Error(`the provider goes round in circles at ${at}`);
  }

  function keep(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (value === '' || /max-age=0/i.test(line)) cookies.delete(name);
    else cookies.set(name, value);
  }
}

import { emailSchema, registerInputSchema } from '@oriel/schemas';
import * as openid from 'openid-client';
import { isLoopbackHttp } from '../../config-values.ts';
import type { Flow } from './flow.ts';
import { SignInRefusal } from './refusal.ts';

export interface ProviderSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Who a provider says that somebody is. */
export interface ExternalPerson {
  readonly issuer: string;
  readonly subject: string;
  /** Null when the provider does not say that the address is this person's. */
  readonly verifiedEmail: string | null;
  readonly name: string;
}

export type Provider = ReturnType<typeof createProvider>;

const timeoutS = 5;
const scope = 'openid email profile';

/** The one file that knows openid-client. Both methods throw SignInRefusal. */
export function createProvider({ issuer, clientId, clientSecret }: ProviderSettings) {
  let discovering: Promise<openid.Configuration> | undefined;

  return { begin, finish };

  /** @returns where to send the browser, and what it must bring back */
  async function begin(redirectUri: string): Promise<{ url: URL; flow: Omit<Flow, 'former'> }> {
    const configuration = await discover();
    const verifier = openid.randomPKCECodeVerifier();
    const flow = { state: openid.randomState(), nonce: openid.randomNonce(), verifier };
    const url = openid.buildAuthorizationUrl(configuration, {
      redirect_uri: redirectUri,
      scope,
      state: flow.state,
      nonce: flow.nonce,
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    return { url, flow };
  }

  /** @param answer - the address that the provider sent the browser to */
  async function finish(answer: URL, { state, nonce, verifier }: Flow): Promise<ExternalPerson> {
    const configuration = await discover();
    try {
      const tokens = await openid.authorizationCodeGrant(configuration, answer, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (!claims) throw new Error('the provider sent no ID token');
      // providers may keep the e-mail address for the other endpoint
      const hasEmail = claims.email !== undefined || !configuration.serverMetadata().userinfo_endpoint;
      const info = hasEmail
        ? claims
        : await openid.fetchUserInfo(configuration, tokens.access_token, claims.sub);
      return toPerson(claims, info);
    } catch (error) {
      throw new SignInRefusal(reasonOf(error), error);
    }
  }

  /** Asked when it is first needed, so that a provider that is down keeps no server from starting. */
  function discover(): Promise<openid.Configuration> {
    discovering ??= openid
      .discovery(new URL(issuer), clientId, undefined, authenticateAs(clientSecret), {
        timeout: timeoutS,
        execute: [
          // the signature too, though TLS says whom the token came from
          openid.enableNonRepudiationChecks,
          ...(isLoopbackHttp(issuer) ? [openid.allowInsecureRequests] : []),
        ],
      })
      .catch((error: unknown) => {
        discovering = undefined;
        throw new SignInRefusal('provider-unavailable', error);
      });
    return discovering;
  }
}

/** In the header, as the standard has it, unless the provider takes the secret in the form only. */
function authenticateAs(clientSecret: string): openid.ClientAuth {
  const [inHeader, inForm] = [openid.ClientSecretBasic(clientSecret), openid.ClientSecretPost(clientSecret)];
  return (server, ...rest) => {
    const methods = server.token_endpoint_auth_methods_supported;
    const isHeaderTaken = !methods || methods.includes('client_secret_basic');
    return (isHeaderTaken ? inHeader : inForm)(server, ...rest);
  };
}

type Claims = Readonly<Record<string, unknown>>;

function toPerson({ iss, sub }: { iss: string; sub: string }, info: Claims): ExternalPerson {
  const email = emailSchema.safeParse(info.email);
  const isVerified = email.success && info.email_verified === true;
  const names = [info.name, info.preferred_username, email.data?.split('@')[0]];
  return {
    issuer: iss,
    subject: sub,
    verifiedEmail: isVerified ? email.data : null,
    name: names.map(toName).find((name) => name !== undefined) ?? 'Somebody',
  };
}

function toName(value: unknown): string | undefined {
  return registerInputSchema.shape.name.safeParse(value).data;
}

const unreachableCodes: ReadonlySet<unknown> = new Set(['OAUTH_TIMEOUT', 'OAUTH_RESPONSE_IS_NOT_CONFORM']);

function reasonOf(error: unknown) {
  if (error instanceof openid.AuthorizationResponseError) return 'provider-refused';
  const isUnreachable =
    (error instanceof TypeError && error.message === 'fetch failed') ||
    (error instanceof openid.ClientError && unreachableCodes.has(error.code));
  return isUnreachable ? 'provider-unavailable' : 'sign-in-failed';
}

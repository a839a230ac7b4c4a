import { randomUUID } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { type SigningKeys, signingAlgorithm } from './signing-keys.ts';

/** How long an access token lives. */
export const accessTokenMs = 15 * 60_000;
/** How far the clocks of servers may differ. */
const clockToleranceS = 5;

const claimsSchema = z.object({
  sub: z.string(),
  client_id: z.string(),
  scope: z.string(),
  jti: z.string(),
  exp: z.number(),
  /** Of the refresh token that it came with: when that family ends, so does this. */
  family: z.uuid().optional(),
});
export type Claims = z.infer<typeof claimsSchema>;

export interface NewAccessToken {
  /** Whom it speaks for: a user's id or, for a program of its own, the client's. */
  readonly subject: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly family?: string;
}

interface Needs {
  readonly keys: Pick<SigningKeys, 'getCurrent' | 'findPublicKey'>;
  /** Who makes the tokens and takes them; a function, since the port may be known late. */
  readonly issuer: () => string;
  readonly now?: () => Date;
}

export type AccessTokens = ReturnType<typeof createAccessTokens>;

/** @see RFC 9068, "JSON Web Token (JWT) Profile for OAuth 2.0 Access Tokens" */
export function createAccessTokens({ keys, issuer, now = () => new Date() }: Needs) {
  return { sign, read };

  async function sign({ subject, clientId, scopes, family }: NewAccessToken) {
    const { kid, privateKey } = await keys.getCurrent();
    const issuedAtS = Math.floor(now().getTime() / 1000);
    const expiresAtS = issuedAtS + accessTokenMs / 1000;
    const claims = { client_id: clientId, scope: scopes.join(' '), ...(family !== undefined && { family }) };
    const token = await new SignJWT(claims)
      .setProtectedHeader({ alg: signingAlgorithm, typ: 'at+jwt', kid })
      .setIssuer(issuer())
      .setAudience(issuer())
      .setSubject(subject)
      .setJti(randomUUID())
      .setIssuedAt(issuedAtS)
      .setExpirationTime(expiresAtS)
      .sign(privateKey);
    return { token, expiresAt: new Date(expiresAtS * 1000) };
  }

  /** What a token says; null unless we signed it, for us, and its time is now. Whether it was revoked is not asked. */
  async function read(token: string): Promise<Claims | null> {
    try {
      const { payload } = await jwtVerify(token, ({ kid }) => getKey(kid), {
        algorithms: [signingAlgorithm],
        typ: 'at+jwt',
        issuer: issuer(),
        audience: issuer(),
        requiredClaims: ['iat', 'exp', 'jti', 'sub'],
        // also refuses what says that it was made in the future
        maxTokenAge: accessTokenMs / 1000,
        clockTolerance: clockToleranceS,
        currentDate: now(),
      });
      return claimsSchema.safeParse(payload).data ?? null;
    } catch (error) {
      if (error instanceof errors.JOSEError) return null;
      throw error;
    }
  }

  /** Only ever one of our own keys, found by its name: a header's `jwk`, `jku` and `x5u` are not looked at. */
  async function getKey(kid: string | undefined) {
    const key = kid === undefined ? null : await keys.findPublicKey(kid);
    if (!key) throw new errors.JWKSNoMatchingKey();
    return key;
  }
}

import { hkdfSync } from 'node:crypto';
import { EncryptJWT, errors, jwtDecrypt } from 'jose';
import { z } from 'zod';

const flowSchema = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  /** The session that the browser had when it left: its cookie does not come along from another site. */
  former: z.object({ userId: z.string(), sessionId: z.string() }).optional(),
});

/** What the browser that went to the provider must bring back, so that nobody else's answer signs it in. */
export type Flow = z.infer<typeof flowSchema>;

/** Long enough to make an account at a provider on the way. */
const flowLifeS = 600;

export type FlowBox = ReturnType<typeof createFlowBox>;

/**
 * Keeps a flow in a cookie rather than in memory: the answer may come to another process. Encrypted, since the verifier is for
 * this server and the provider alone.
 *
 * @param openSecret - at least 32 random characters, the same for all processes
 */
export function createFlowBox(openSecret: () => Promise<string>) {
  let opening: Promise<Uint8Array> | undefined;

  return {
    async seal(flow: Flow): Promise<string> {
      return new EncryptJWT(flow)
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .setExpirationTime(`${flowLifeS}s`)
        .encrypt(await key());
    },

    /** Null for what is too old or was not sealed here. */
    async open(sealed: string): Promise<Flow | null> {
      try {
        const { payload } = await jwtDecrypt(sealed, await key(), {
          keyManagementAlgorithms: ['dir'],
          contentEncryptionAlgorithms: ['A256GCM'],
          requiredClaims: ['exp'],
        });
        return flowSchema.parse(payload);
      } catch (error) {
        if (error instanceof errors.JOSEError) return null;
        throw error;
      }
    },
  };

  /** One secret serves several purposes: each has a key of its own. */
  function key(): Promise<Uint8Array> {
    opening ??= openSecret().then(
      (secret) => new Uint8Array(hkdfSync('sha256', secret, '', 'oriel sign-in with a provider', 32)),
    );
    return opening;
  }
}

export function flowCookieName(isSecure: boolean): string {
  return isSecure ? '__Host-oriel-oidc' : 'oriel-oidc';
}

/**
 * `SameSite=Lax`: the provider, another site, sends the browser back here.
 *
 * @param sealed - null takes the cookie away
 */
export function flowCookie(sealed: string | null, isSecure: boolean): { name: string; text: string } {
  const name = flowCookieName(isSecure);
  const attributes = ['Path=/', 'HttpOnly', 'SameSite=Lax', ...(isSecure ? ['Secure'] : [])];
  const maxAgeS = sealed === null ? 0 : flowLifeS;
  return { name, text: [`${name}=${sealed ?? ''}`, `Max-Age=${maxAgeS}`, ...attributes].join('; ') };
}

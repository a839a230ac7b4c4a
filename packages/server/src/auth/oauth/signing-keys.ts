import { setTimeout as sleep } from 'node:timers/promises';
import {
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
} from 'jose';
import { z } from 'zod';
import { type AuditService, systemActor } from '../audit/service.ts';
import { createLookupCache } from '../lookup-cache.ts';
import type { SealedBox } from './sealed-box.ts';
import type { SigningKeyRepository } from './signing-key-repository.ts';

/** One algorithm: what a token's header says is compared with it, never followed. */
export const signingAlgorithm = 'EdDSA';

const publicJwkSchema = z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string() });

export interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
}

interface Current extends SigningKey {
  readonly createdAt: Date;
  readonly checkedAt: Date;
}

interface Published {
  readonly jwks: { readonly keys: readonly JWK[] };
  readonly keys: ReadonlyMap<string, CryptoKey>;
  readonly readAt: Date;
}

interface Needs {
  readonly repository: SigningKeyRepository;
  readonly audit: Pick<AuditService, 'record'>;
  /** Asked when a key is first needed: a server that makes no tokens needs no secret. */
  readonly openBox: () => Promise<SealedBox>;
  /** How long a key signs. */
  readonly lifeMs: number;
  /** How long the longest token lives; a retired key is published for this long. */
  readonly tokenMs: number;
  readonly now?: () => Date;
}

type Stored = Awaited<ReturnType<SigningKeyRepository['list']>>[number];

/** How long a process may sign with a key that another has retired. */
const recheckMs = 10_000;
/** A `kid` that is not known may be of a key just made elsewhere: the list is read for it again, this often at most. */
const rereadMs = 50;

export type SigningKeys = ReturnType<typeof createSigningKeys>;

/**
 * The keys of access tokens, in the database for all processes and servers. Each server signs with the newest key whose
 * private half it can open, and makes one where there is none: servers with different secrets have a key each, and
 * know one another's public halves.
 */
export function createSigningKeys(needs: Needs) {
  const { repository, audit, openBox, lifeMs, tokenMs, now = () => new Date() } = needs;
  const published = createLookupCache<Published>();
  let opening: Promise<Current> | undefined;
  let box: Promise<SealedBox> | undefined;
  let rereading: Promise<Published> | undefined;
  let current: Current | undefined;
  return { getCurrent, findPublicKey, jwks };

  /** The key to sign with. */
  async function getCurrent(): Promise<SigningKey> {
    const at = now().getTime();
    const isFresh = current && at - current.checkedAt.getTime() < recheckMs;
    if (current && isFresh && at - current.createdAt.getTime() < lifeMs) return current;
    opening ??= openCurrent().finally(() => (opening = undefined));
    current = await opening;
    return current;
  }

  async function openCurrent(): Promise<Current> {
    const at = now();
    box ??= openBox();
    const { open } = await box;
    for (const stored of await repository.list()) {
      if (!signs(stored, at)) continue;
      const opened = await open(stored.privateJwk);
      if (opened !== null) return toCurrent(stored, await importKey(JSON.parse(opened)));
    }
    return rotate(await box, at);
  }

  function signs({ createdAt, notBefore, retiredAt }: Stored, at: Date): boolean {
    return retiredAt === null && notBefore <= at && at.getTime() - createdAt.getTime() < lifeMs;
  }

  async function rotate({ seal }: SealedBox, at: Date): Promise<Current> {
    const { publicKey, privateKey } = await generateKeyPair(signingAlgorithm, { extractable: true });
    const publicJwk = publicJwkSchema.parse(await exportJWK(publicKey));
    const kid = await calculateJwkThumbprint(publicJwk);
    const privateJwk = await seal(JSON.stringify(await exportJWK(privateKey)));
    const algorithm = signingAlgorithm;
    const stored = { kid, algorithm, publicJwk, privateJwk, createdAt: at, notBefore: at, retiredAt: null };
    await repository.insert(stored);
    await repository.retire(before(at, lifeMs), at);
    await repository.remove(before(at, publishedMs()));
    await audit.record(systemActor, { action: 'signing-key.rotated', target: `signing-key:${kid}` });
    return toCurrent(stored, privateKey);
  }

  function toCurrent({ kid, createdAt }: Stored, privateKey: CryptoKey): Current {
    return { kid, privateKey, createdAt, checkedAt: now() };
  }

  /** The public half of a key whose tokens are still good; null for any other. */
  async function findPublicKey(kid: string): Promise<CryptoKey | null> {
    const known = await getPublished();
    const key = known.keys.get(kid);
    if (key) return key;
    // one for all who ask meanwhile: what strangers write into a `kid` costs no query each
    rereading ??= reread(known).finally(() => {
      rereading = undefined;
    });
    return (await rereading).keys.get(kid) ?? null;
  }

  async function reread({ readAt }: Published): Promise<Published> {
    const ageMs = now().getTime() - readAt.getTime();
    if (ageMs < rereadMs) await sleep(rereadMs - ageMs);
    published.clear();
    return getPublished();
  }

  /** @see RFC 7517, section 5, "JWK Set Format" */
  async function jwks(): Promise<Published['jwks']> {
    return (await getPublished()).jwks;
  }

  async function getPublished(): Promise<Published> {
    // there is always a list, if an empty one
    return (await published.get('', readPublished)) as Published;
  }

  async function readPublished(): Promise<Published> {
    const readAt = now();
    const over = before(readAt, publishedMs());
    const stored = (await repository.list()).filter(
      ({ retiredAt }) => retiredAt === null || retiredAt > over,
    );
    const keys = stored.map(({ kid, publicJwk }) => ({
      ...publicJwkSchema.parse(publicJwk),
      kid,
      alg: signingAlgorithm,
      use: 'sig',
    }));
    const imported = await Promise.all(keys.map(async (jwk) => [jwk.kid, await importKey(jwk)] as const));
    return { jwks: { keys }, keys: new Map(imported), readAt };
  }

  function publishedMs(): number {
    return tokenMs + 2 * recheckMs;
  }
}

async function importKey(jwk: JWK): Promise<CryptoKey> {
  const key = await importJWK(jwk, signingAlgorithm);
  if (key instanceof Uint8Array) throw new Error('a signing key must be a key pair');
  return key;
}

function before(at: Date, ms: number): Date {
  return new Date(at.getTime() - ms);
}

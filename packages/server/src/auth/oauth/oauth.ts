import type { PrismaClient } from '../../generated/prisma/client.ts';
import type { AuditService } from '../audit/service.ts';
import { accessTokenMs, createAccessTokens } from './access-token.ts';
import { createClientRepository } from './client-repository.ts';
import { createClientService } from './client-service.ts';
import { createSealedBox } from './sealed-box.ts';
import { readOrMakeSecret } from './secret-file.ts';
import { createSigningKeyRepository } from './signing-key-repository.ts';
import { createSigningKeys } from './signing-keys.ts';
import { createTokenRepository } from './token-repository.ts';
import { createTokenService } from './token-service.ts';

interface Options {
  readonly database: { readonly prisma: PrismaClient; ping(): Promise<void> };
  readonly audit: AuditService;
  /** Makes this process forget who holds which credential. */
  readonly forget: () => void;
  /** Cancels the jobs of an owner that may do nothing any more. */
  readonly cancelJobsOf: (owner: string) => Promise<void>;
  readonly issuer: () => string;
  readonly config: {
    readonly secret: string | undefined;
    readonly dataFolder: string;
    readonly signingKeyMs: number;
    readonly refreshTokenMs: number;
  };
  readonly logger: { warn(details: object, message: string): void };
}

/** Puts the parts of OAuth together. */
export function createOauth({ database, audit, forget, cancelJobsOf, issuer, config, logger }: Options) {
  const signingKeys = createSigningKeys({
    repository: createSigningKeyRepository(database),
    audit,
    openBox: async () =>
      createSealedBox(config.secret ?? (await readOrMakeSecret({ folder: config.dataFolder, logger }))),
    lifeMs: config.signingKeyMs,
    tokenMs: accessTokenMs,
  });
  const repository = createClientRepository(database);
  const clients = createClientService({ repository, audit, forget, cancelJobsOf });
  const tokens = createTokenService({
    accessTokens: createAccessTokens({ keys: signingKeys, issuer }),
    clients,
    repository: createTokenRepository(database),
    audit,
    forget,
    refreshMs: config.refreshTokenMs,
  });
  return { signingKeys, clients, tokens };
}

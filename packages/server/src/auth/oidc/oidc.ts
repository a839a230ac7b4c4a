import type { PrismaClient } from '../../generated/prisma/client.ts';
import { readOrMakeSecret } from '../oauth/secret-file.ts';
import { createFlowBox } from './flow.ts';
import { createProvider, type ProviderSettings } from './provider.ts';
import { createIdentityRepository } from './repository.ts';
import { createOidcService, type OidcService } from './service.ts';

interface Config {
  readonly oidc: { readonly [K in keyof ProviderSettings | 'name']: string | undefined };
  readonly secret: string | undefined;
  readonly dataFolder: string;
  readonly isRegistrationOpen: boolean;
}

interface Options
  extends Pick<
    Parameters<typeof createOidcService>[0],
    'users' | 'signIn' | 'sessions' | 'audit' | 'forget'
  > {
  readonly database: { readonly prisma: PrismaClient; ping(): Promise<void> };
  readonly publicUrl: () => string;
  readonly config: Config;
  readonly logger: { warn(details: object, message: string): void };
}

export const oidcPaths = { start: '/auth/oidc/start', callback: '/auth/oidc/callback' } as const;

/** What the page calls the provider; undefined when there is none. */
export function providerNameOf({ oidc: { issuer, name } }: Pick<Config, 'oidc'>): string | undefined {
  return issuer === undefined ? undefined : (name ?? new URL(issuer).host);
}

/** Puts the parts of signing in with a provider together; undefined when none is set. */
export function createOidc({
  database,
  publicUrl,
  config,
  logger,
  ...needs
}: Options): OidcService | undefined {
  const { issuer, clientId, clientSecret } = config.oidc;
  // the configuration has all or none
  if (issuer === undefined || clientId === undefined || clientSecret === undefined) return undefined;
  return createOidcService({
    ...needs,
    provider: createProvider({ issuer, clientId, clientSecret }),
    flows: createFlowBox(
      async () => config.secret ?? (await readOrMakeSecret({ folder: config.dataFolder, logger })),
    ),
    identities: createIdentityRepository(database),
    isRegistrationOpen: config.isRegistrationOpen,
    redirectUri: () => `${publicUrl()}${oidcPaths.callback}`,
  });
}

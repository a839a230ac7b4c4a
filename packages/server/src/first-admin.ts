import { createAuditRepository } from './auth/audit/repository.ts';
import { createAuditService } from './auth/audit/service.ts';
import { type FirstAdmin, prepareFirstAdmin } from './auth/users/first-admin.ts';
import { createSignInLinks } from './auth/users/links.ts';
import { createUserRepository } from './auth/users/repository.ts';
import type { Config } from './config.ts';
import type { Database } from './db/database.ts';

interface Options {
  readonly database: Database;
  readonly config: Pick<Config, 'adminEmail'>;
  readonly logger: { error(details: object, message: string): void };
}

/** {@link prepareFirstAdmin} on a database, for whichever process starts the others. */
export function readFirstAdmin({ database, config, logger }: Options): Promise<FirstAdmin | null> {
  return prepareFirstAdmin({
    users: createUserRepository(database),
    links: createSignInLinks(database),
    audit: createAuditService({ repository: createAuditRepository(database), logger }),
    email: config.adminEmail,
  });
}

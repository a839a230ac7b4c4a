import { createUuidV7 } from '../../uuid-v7.ts';
import { type AuditService, systemActor } from '../audit/service.ts';
import type { SignInLinks } from './links.ts';
import type { UserRepository } from './repository.ts';

/** Short: it stands in a terminal, and the next start makes another. */
const firstLinkLifeMs = 3_600_000;

interface FirstAdminNeeds {
  readonly users: Pick<UserRepository, 'findUnusedAdmin' | 'create'>;
  readonly links: SignInLinks;
  readonly audit: Pick<AuditService, 'record'>;
  /** Of the admin that is made where there is none. */
  readonly email: string;
}

/** How the first admin gets in. */
export interface FirstAdmin {
  readonly email: string;
  /** On this server, with the token. */
  readonly path: string;
}

/**
 * A link for the only admin as long as nobody has ever signed in as one, who is made at the first start; null when
 * somebody has. Servers that start at once on one database make one admin, and each a link that works.
 */
export async function prepareFirstAdmin({
  users,
  links,
  audit,
  email,
}: FirstAdminNeeds): Promise<FirstAdmin | null> {
  if ((await users.findUnusedAdmin()) === 'none') await createAdmin();
  const admin = await users.findUnusedAdmin();
  if (admin === null) return null;
  if (admin === 'none')
    throw new Error(
      'There is no admin, and the address of the one to be made belongs to somebody else. Set ORIEL_ADMIN_EMAIL.',
    );
  const { path } = await links.create(admin.id, firstLinkLifeMs, { isOnly: false });
  await audit.record(systemActor, { action: 'sign-in-link.created', target: `user:${admin.id}` });
  return { email: admin.email, path };

  async function createAdmin(): Promise<void> {
    const admin = { id: createUuidV7(), email, name: 'Admin', role: 'admin' } as const;
    if (await users.create({ ...admin, passwordHash: null, createdAt: new Date() }))
      await audit.record(systemActor, {
        action: 'user.created',
        target: `user:${admin.id}`,
        detail: { role: 'admin' },
      });
  }
}

import type { CreateOauthClientInput, NewOauthClient, OauthClient } from '@oriel/schemas';
import { AppError } from '../../errors.ts';
import type { AuditActor, AuditService } from '../audit/service.ts';
import { createKeyParts, hashSecret, isSecretOf } from '../keys/secret.ts';
import type { Principal } from '../principal.ts';
import type { ClientRepository } from './client-repository.ts';

interface Needs {
  readonly repository: ClientRepository;
  readonly audit: Pick<AuditService, 'record'>;
  /** Makes this process forget who holds which credential. */
  readonly forget: () => void;
  /** Cancels the jobs of an owner that may do nothing any more. */
  readonly cancelJobsOf: (owner: string) => Promise<void>;
  readonly now?: () => Date;
}

interface Maker extends AuditActor {
  readonly principal: Principal;
}

export type ClientService = ReturnType<typeof createClientService>;

/** Service clients: programs that act for themselves, with access tokens that they get for an id and a secret. */
export function createClientService(needs: Needs) {
  const { repository, audit, forget, cancelJobsOf, now = () => new Date() } = needs;
  return { create, list, revoke, findUsable, authenticate };

  /**
   * Makes a client; the only time its secret is told.
   *
   * @throws AppError FORBIDDEN when it would have a scope that its maker does not have
   */
  async function create(by: Maker, { name, scopes }: CreateOauthClientInput): Promise<NewOauthClient> {
    const excess = scopes.find((scope) => !by.principal.scopes.has(scope));
    if (excess !== undefined)
      throw new AppError(
        'FORBIDDEN',
        `A client cannot have the scope "${excess}": its maker does not have it.`,
      );
    const { id, secret } = createKeyParts();
    const client: OauthClient = {
      id: `client-${id}`,
      name,
      scopes: [...new Set(scopes)],
      grants: ['client_credentials'],
      createdAt: now().toISOString(),
      revokedAt: null,
    };
    const { revokedAt: _never, ...row } = client;
    const createdById = 'userId' in by.principal ? by.principal.userId : null;
    await repository.create({ ...row, secretHash: hashSecret(secret), createdById });
    const detail = { name, scopes: client.scopes };
    await audit.record(by, { action: 'client.created', target: `client:${client.id}`, detail });
    return { client, secret };
  }

  function list(): Promise<OauthClient[]> {
    return repository.list();
  }

  /**
   * Revokes a client and with it every token it has: at once in this process, within a second in every other. Its jobs are
   * cancelled.
   *
   * @throws AppError NOT_FOUND
   */
  async function revoke(by: AuditActor, id: string): Promise<void> {
    if (!(await repository.revoke(id, now()))) throw new AppError('NOT_FOUND', `There is no client "${id}".`);
    forget();
    await audit.record(by, { action: 'client.revoked', target: `client:${id}` });
    await cancelJobsOf(`client:${id}`);
  }

  /** The client of this id, unless it was revoked. */
  async function findUsable(id: string): Promise<OauthClient | null> {
    // anything else is the id of none, and some of it no text that a database takes
    const stored = /^[\w-]{1,64}$/.test(id) ? await repository.find(id) : null;
    return stored && stored.client.revokedAt === null ? stored.client : null;
  }

  /** The client that this secret is of; null for a wrong one and for one that was revoked. */
  async function authenticate(id: string, secret: string): Promise<OauthClient | null> {
    const stored = /^[\w-]{1,64}$/.test(id) ? await repository.find(id) : null;
    if (!stored?.secretHash || stored.client.revokedAt !== null) return null;
    return isSecretOf(secret, stored.secretHash) ? stored.client : null;
  }
}

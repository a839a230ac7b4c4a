import type { ApiKey, CreateApiKeyInput, NewApiKey } from '@oriel/schemas';
import { AppError } from '../../errors.ts';
import { toInputError } from '../../input-error.ts';
import type { AuditActor, AuditService } from '../audit/service.ts';
import { type KeyPrincipal, keyPrincipal, type PrincipalUser, scopesWithin } from '../principal.ts';
import type { KeyRepository, StoredKey } from './repository.ts';
import { createKeyParts, hashSecret, isSecretOf, parseKey, toKeyText } from './secret.ts';

interface Needs {
  readonly repository: KeyRepository;
  readonly audit: Pick<AuditService, 'record'>;
  /** Makes this process forget who holds which credential. */
  readonly forget: () => void;
  /** The ids of all that is served. */
  readonly models: readonly string[];
  readonly now?: () => Date;
}

export type KeyService = ReturnType<typeof createKeyService>;

/** `lastUsedAt` is exact to this, in milliseconds: a key in steady use costs one write a minute. */
const lastUsedStepMs = 60_000;
/** Of one user, not revoked: enough for every program and machine of a person. */
const keysMax = 200;

/** API keys: made, shown once, used, revoked. */
export function createKeyService({
  repository,
  audit,
  forget,
  models: served,
  now = () => new Date(),
}: Needs) {
  return { verify, isAlive, create, list, revoke };

  /** Who holds this key; null when it is no key, or one that does not work (any more). */
  async function verify(text: string): Promise<KeyPrincipal | null> {
    const parts = parseKey(text);
    const stored = parts && (await repository.find(parts.id));
    if (!stored || !isSecretOf(parts.secret, stored.secretHash) || !isUsable(stored)) return null;
    noteUse(stored.key);
    return keyPrincipal(stored.user, stored.key);
  }

  /** Whether the key of this id still works, for who has shown it a while ago. */
  async function isAlive(id: string): Promise<boolean> {
    const stored = await repository.find(id);
    return stored !== null && isUsable(stored);
  }

  function isUsable({ key, user }: StoredKey): boolean {
    const isExpired = key.expiresAt !== null && new Date(key.expiresAt) <= now();
    return key.revokedAt === null && !isExpired && !user.isDisabled;
  }

  function noteUse({ id, lastUsedAt }: ApiKey): void {
    const at = now();
    if (lastUsedAt !== null && at.getTime() - new Date(lastUsedAt).getTime() < lastUsedStepMs) return;
    // the next use writes it, should the database be down
    const before = new Date(at.getTime() - lastUsedStepMs);
    repository.markUsed(id, at, before).catch(() => undefined);
  }

  /**
   * Makes a key for `user`; the only time its secret is told.
   *
   * @throws AppError FORBIDDEN when the user may not do what the key should be able to, INPUT_INVALID when it would be
   * over already or names a model that there is not, CONFLICT when there are too many
   */
  async function create(by: AuditActor, user: PrincipalUser, input: CreateApiKeyInput): Promise<NewApiKey> {
    const { name, requestsPerDayMax, computeMsPerDayMax } = input;
    const models = input.models && [...new Set(input.models)];
    const granted = scopesWithin(user.role, input.scopes);
    const excess = input.scopes.find((scope) => !granted.has(scope));
    if (excess !== undefined)
      throw new AppError('FORBIDDEN', `A key cannot have the scope "${excess}": its user does not have it.`);
    checkExpiry(input.expiresAt);
    checkModels(input.models ?? []);

    const parts = createKeyParts();
    const key = {
      id: parts.id,
      userId: user.id,
      name,
      scopes: [...granted],
      models,
      expiresAt: input.expiresAt && new Date(input.expiresAt).toISOString(),
      requestsPerDayMax,
      computeMsPerDayMax,
      createdAt: now().toISOString(),
    };
    if (!(await repository.create({ ...key, secretHash: hashSecret(parts.secret) }, keysMax)))
      throw new AppError('CONFLICT', `There are ${keysMax} keys already. Revoke one that is no longer used.`);
    await audit.record(by, {
      action: 'key.created',
      target: `key:${key.id}`,
      detail: { name, scopes: key.scopes, models, expiresAt: key.expiresAt },
    });
    return { key: { ...key, lastUsedAt: null, revokedAt: null }, secret: toKeyText(parts) };
  }

  function checkExpiry(expiresAt: string | null): void {
    if (expiresAt === null || new Date(expiresAt) > now()) return;
    throw new AppError('INPUT_INVALID', 'The key would be over already: `expiresAt` must be in the future.', {
      issues: [{ path: ['expiresAt'], rule: 'too_small', message: 'must be in the future' }],
    });
  }

  /** Only when a key is made: one whose model is served no more stays as it is, and finds it again should it come back. */
  function checkModels(models: readonly string[]): void {
    const issues = models.flatMap((model, i) =>
      served.includes(model)
        ? []
        : [
            {
              path: ['models', i],
              code: 'invalid_value',
              message: `there is no model "${model}"; ${known()}`,
            },
          ],
    );
    if (issues.length > 0) throw toInputError({ issues });
  }

  function known(): string {
    return `models: ${served.join(', ') || 'none'}`;
  }

  /** @param userId - whose; null for everybody's */
  function list(userId: string | null): Promise<ApiKey[]> {
    return repository.list(userId);
  }

  /**
   * Revokes a key: at once in this process, within a second in every other.
   *
   * @param userId - only when it is this user's key; null for anybody's
   * @throws AppError NOT_FOUND
   */
  async function revoke(by: AuditActor, id: string, userId: string | null): Promise<void> {
    if (!(await repository.revoke(id, userId, now())))
      throw new AppError('NOT_FOUND', `There is no API key "${id}".`);
    forget();
    await audit.record(by, { action: 'key.revoked', target: `key:${id}` });
  }
}

import type {
  CreateUserInput,
  ListUsersInput,
  NewUser,
  SignInLink,
  UpdateUserInput,
  User,
  UserPage,
} from '@oriel/schemas';
import { AppError } from '../../errors.ts';
import { createUuidV7 } from '../../uuid-v7.ts';
import type { AuditActor, AuditService } from '../audit/service.ts';
import type { SessionStore } from '../sessions.ts';
import type { SignInLinks } from './links.ts';
import type { UserRepository } from './repository.ts';

interface Needs {
  readonly users: UserRepository;
  readonly links: SignInLinks;
  readonly sessions: Pick<SessionStore, 'endAll'>;
  readonly audit: Pick<AuditService, 'record'>;
  /** Makes this process forget who holds which credential. */
  readonly forget: () => void;
  /** Cancels the jobs of an owner that may do nothing any more. */
  readonly cancelJobsOf: (owner: string) => Promise<void>;
}

export type UserService = ReturnType<typeof createUserService>;

/** For a person who has to be told of it. */
const linkLifeMs = 7 * 24 * 3_600_000;

/** People with an account, for admins. */
export function createUserService({ users, links, sessions, audit, forget, cancelJobsOf }: Needs) {
  return { list, create, update, createLink };

  function list(query: ListUsersInput): Promise<UserPage> {
    return users.list(query);
  }

  /** @throws AppError CONFLICT when there is a user with this e-mail address */
  async function create(by: AuditActor, { email, name, role }: CreateUserInput): Promise<NewUser> {
    const row = { id: createUuidV7(), email, name, role, passwordHash: null, createdAt: new Date() };
    if (!(await users.create(row)))
      throw new AppError('CONFLICT', 'There is a user with this e-mail address.', {
        issues: [{ path: ['email'], rule: 'taken', message: 'must not be that of another user' }],
      });
    const { passwordHash: _none, createdAt, ...rest } = row;
    const user = { ...rest, hasPassword: false, isDisabled: false, createdAt: createdAt.toISOString() };
    await audit.record(by, { action: 'user.created', target: `user:${user.id}`, detail: { role } });
    return { user, link: await createLink(by, user.id) };
  }

  /** @throws AppError NOT_FOUND, CONFLICT when nobody would be left to administer */
  async function update(by: AuditActor, { id, name, role, isDisabled }: UpdateUserInput): Promise<User> {
    const change = {
      ...(name !== undefined && { name }),
      ...(role !== undefined && { role }),
      ...(isDisabled !== undefined && { isDisabled }),
    };
    const changed = await users.change(id, change, new Date());
    if (!changed) throw notFound(id);
    if (changed === 'last-admin')
      throw new AppError('CONFLICT', 'This is the last admin: make another user an admin first.');
    const { before, after } = changed;
    forget();
    await recordChange(by, before, after);
    // each time that it is asked for: what the database could not do the first time is done the next
    if (isDisabled) {
      await sessions.endAll(id);
      await cancelJobsOf(`user:${id}`);
    }
    return after;
  }

  async function recordChange(by: AuditActor, before: User, after: User): Promise<void> {
    const target = `user:${after.id}`;
    if (before.role !== after.role)
      await audit.record(by, {
        action: 'user.role-changed',
        target,
        detail: { from: before.role, to: after.role },
      });
    if (before.isDisabled !== after.isDisabled)
      await audit.record(by, { action: after.isDisabled ? 'user.disabled' : 'user.enabled', target });
  }

  /** @throws AppError NOT_FOUND */
  async function createLink(by: AuditActor, id: string): Promise<SignInLink> {
    if (!(await users.findById(id))) throw notFound(id);
    const link = await links.create(id, linkLifeMs, { isOnly: true });
    await audit.record(by, { action: 'sign-in-link.created', target: `user:${id}` });
    return link;
  }
}

function notFound(id: string): AppError {
  return new AppError('NOT_FOUND', `There is no user "${id}".`);
}

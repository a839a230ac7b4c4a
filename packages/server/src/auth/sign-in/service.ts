import type {
  AuthState,
  ChangePasswordInput,
  RegisterInput,
  Session,
  SignInInput,
  User,
  UseSignInLinkInput,
} from '@oriel/schemas';
import { AppError } from '../../errors.ts';
import { createUuidV7 } from '../../uuid-v7.ts';
import type { AuditActor, AuditService } from '../audit/service.ts';
import { shownPrefix, toIpPrefix } from '../ip-prefix.ts';
import type { PasswordHasher } from '../passwords/hasher.ts';
import { checkPassword } from '../passwords/policy.ts';
import type { Principal, UserPrincipal } from '../principal.ts';
import type { SessionStore } from '../sessions.ts';
import type { SignInLinks } from '../users/links.ts';
import type { StoredUser, UserRepository } from '../users/repository.ts';
import type { AttemptLimits } from './attempts.ts';

/** Who asks, and how a session reaches its browser; the context of a procedure is one. */
export interface Visitor<P extends Principal = Principal> {
  readonly principal: P;
  readonly exchange: {
    readonly ip: string;
    readonly userAgent: string | undefined;
    readonly isSecure: boolean;
    setCookie(name: string, text: string): void;
  };
}

interface Needs {
  readonly users: UserRepository;
  readonly links: SignInLinks;
  readonly sessions: SessionStore;
  readonly passwords: PasswordHasher;
  readonly attempts: AttemptLimits;
  readonly audit: Pick<AuditService, 'record'>;
  /** Makes this process forget who holds which credential. */
  readonly forget: () => void;
  readonly isRegistrationOpen: boolean;
  readonly passwordCharsMin: number;
  /** What people call the provider that they can sign in with. */
  readonly providerName: string | undefined;
}

export type SignInService = ReturnType<typeof createSignInService>;

const userAgentCharsMax = 200;

/** People who come and go: sign-in, sign-out, sessions and passwords. */
export function createSignInService({
  users,
  links,
  sessions,
  passwords,
  attempts,
  audit,
  forget,
  isRegistrationOpen,
  passwordCharsMin,
  providerName,
}: Needs) {
  return {
    state,
    isSignedIn,
    register,
    signIn,
    begin,
    signOut,
    useLink,
    changePassword,
    listSessions,
    endSession,
    endOthers,
  };

  async function state({ principal }: Visitor): Promise<AuthState> {
    const stored = principal.kind === 'user' ? await users.findById(principal.userId) : null;
    return {
      user: stored?.user ?? null,
      registration: isRegistrationOpen ? 'open' : 'closed',
      passwordCharsMin,
      provider: providerName === undefined ? null : { name: providerName },
    };
  }

  /** Whether a person who was let in is still signed in. */
  function isSignedIn({ userId, sessionId }: UserPrincipal): Promise<boolean> {
    return sessions.isThere(userId, sessionId);
  }

  /**
   * Makes an account for whoever asks. What is answered, and the work for it, is the same when there is one already.
   *
   * @throws AppError FORBIDDEN when only admins make accounts, INPUT_INVALID for a bad password, RATE_LIMITED
   */
  async function register(by: Visitor, { email, name, password }: RegisterInput): Promise<void> {
    if (!isRegistrationOpen)
      throw new AppError('FORBIDDEN', 'Only admins make accounts on this server: ask one for a link.');
    // what is wrong with a password tells nothing of accounts: whoever tries a few before one is good enough may
    await checkPassword({ password, email, name, field: 'password' }, passwordCharsMin);
    await attempts.takeRegistration(by.exchange.ip);
    const passwordHash = await passwords.hash(password);
    const user = { id: createUuidV7(), email, name, role: 'member', createdAt: new Date() } as const;
    const isNew = await users.create({ ...user, passwordHash });
    await audit.record(
      by,
      isNew
        ? { action: 'user.registered', target: `user:${user.id}` }
        : { action: 'user.sign-in-failed', detail: { reason: 'registered again' } },
    );
  }

  /**
   * Says of every failure the same, after the same work, so that nobody learns which accounts there are.
   *
   * @throws AppError UNAUTHENTICATED, RATE_LIMITED
   */
  async function signIn(by: Visitor, { email, password }: SignInInput): Promise<User> {
    await attempts.take(by.exchange.ip, email);
    const stored = await users.findByEmail(email);
    const isRight = await passwords.isRight(password, stored?.passwordHash ?? null);
    if (!stored || !isRight || stored.user.isDisabled) {
      await audit.record(by, { action: 'user.sign-in-failed', ...(stored && { target: targetOf(stored) }) });
      throw new AppError('UNAUTHENTICATED', 'The e-mail address or the password is wrong.');
    }
    await attempts.succeed(by.exchange.ip, email);
    await renewHash(stored, password);
    await begin(
      by,
      stored.user,
      { method: 'password' },
      (now) => now === stored.passwordHash || passwords.isRight(password, now),
    );
    return stored.user;
  }

  async function renewHash({ user, passwordHash }: StoredUser, password: string): Promise<void> {
    if (passwordHash !== null && passwords.isOutdated(passwordHash))
      // not over a password that was chosen meanwhile
      await users.setPasswordHash(user.id, await passwords.hash(password), passwordHash);
  }

  /**
   * A new session with a new id: what a browser brought along, planted or its own, is worth nothing any more. For
   * whoever has shown to be the user, by any means.
   *
   * @param isStillGood - of the password that the user has now, where one was shown
   * @throws AppError UNAUTHENTICATED when it is not, or the account was disabled meanwhile
   */
  async function begin(
    by: Visitor,
    user: User,
    detail: Record<string, unknown>,
    isStillGood: (passwordHash: string | null) => boolean | Promise<boolean> = () => true,
  ): Promise<void> {
    const { exchange, principal } = by;
    if (principal.kind === 'user') await sessions.endOne(principal.userId, principal.sessionId);
    const id = await sessions.create(user.id, {
      userAgent: (exchange.userAgent ?? '').slice(0, userAgentCharsMax),
      ipPrefix: toIpPrefix(exchange.ip, shownPrefix),
    });
    // asked once the session is there: what changes a password, or disables, ends those that there are, and misses later ones
    const now = await users.findById(user.id);
    if (!now || now.user.isDisabled || !(await isStillGood(now.passwordHash))) {
      await sessions.end(id);
      await audit.record(by, { action: 'user.sign-in-failed', target: `user:${user.id}` });
      throw new AppError('UNAUTHENTICATED', 'The account was changed meanwhile. Sign in again.');
    }
    setCookie(by, id);
    forget();
    await audit.record(asUser(by, user.id), { action: 'user.signed-in', detail });
  }

  function setCookie({ exchange }: Visitor, id: string | null): void {
    const { name, text } = sessions.cookie(id, exchange.isSecure);
    exchange.setCookie(name, text);
  }

  /** Ends the session and takes its cookie away; nothing to end is no error. */
  async function signOut(by: Visitor): Promise<void> {
    const { principal } = by;
    if (principal.kind === 'user') {
      await sessions.endOne(principal.userId, principal.sessionId);
      forget();
      await audit.record(by, { action: 'user.signed-out' });
    }
    setCookie(by, null);
  }

  /**
   * Sets a password and signs in. The link is used up only when the password is good.
   *
   * @throws AppError UNAUTHENTICATED when the link does not work (any more), INPUT_INVALID, RATE_LIMITED
   */
  async function useLink(by: Visitor, { token, password }: UseSignInLinkInput): Promise<User> {
    const { ip } = by.exchange;
    await attempts.take(ip, token);
    const userId = await links.findUserId(token);
    const stored = userId === null ? null : await users.findById(userId);
    if (!stored || stored.user.isDisabled) throw brokenLink();
    const { user } = stored;
    // the link was right: a password that is not good enough yet is no guess
    await attempts.succeed(ip, token);
    await checkPassword({ ...user, password, field: 'password' }, passwordCharsMin);
    const passwordHash = await passwords.hash(password);
    if (!(await links.use(token, user.id, passwordHash))) throw brokenLink();
    // who lost the password to somebody else gets the account back for himself alone
    await sessions.endAll(user.id);
    await audit.record(asUser(by, user.id), { action: 'user.password-changed', detail: { method: 'link' } });
    await begin(by, user, { method: 'link' }, (now) => now === passwordHash);
    return { ...user, hasPassword: true };
  }

  /**
   * Ends all sessions of the user; this browser gets a new one.
   *
   * @throws AppError INPUT_INVALID when a password is wrong or too weak, RATE_LIMITED
   */
  async function changePassword(
    by: Visitor<UserPrincipal>,
    { currentPassword, newPassword }: ChangePasswordInput,
  ): Promise<User> {
    const { ip } = by.exchange;
    const stored = await getUser(by.principal.userId);
    const { user, passwordHash } = stored;
    // not the account's own bound: whoever keeps others from signing in must not keep its owner from this
    const account = `password of ${user.id}`;
    await attempts.take(ip, account);
    if (passwordHash !== null && !(await passwords.isRight(currentPassword ?? '', passwordHash)))
      throw wrongPassword();
    await attempts.succeed(ip, account);
    await checkPassword({ ...user, password: newPassword, field: 'newPassword' }, passwordCharsMin);
    const newHash = await passwords.hash(newPassword);
    if (!(await users.setPasswordHash(user.id, newHash, passwordHash))) throw wrongPassword();
    await sessions.endAll(user.id);
    await audit.record(by, { action: 'user.password-changed', detail: { method: 'password' } });
    await begin(by, user, { method: 'password change' }, (now) => now === newHash);
    return { ...user, hasPassword: true };
  }

  async function getUser(id: string): Promise<StoredUser> {
    const stored = await users.findById(id);
    if (!stored) throw new AppError('UNAUTHENTICATED', 'The account is gone.');
    return stored;
  }

  function listSessions({ principal }: Visitor<UserPrincipal>): Promise<Session[]> {
    return sessions.list(principal.userId, principal.sessionId);
  }

  /** @throws AppError NOT_FOUND, also for a session of somebody else */
  async function endSession(by: Visitor<UserPrincipal>, id: string): Promise<void> {
    const { userId, sessionId } = by.principal;
    if (!(await sessions.endOne(userId, id))) throw new AppError('NOT_FOUND', 'You have no such session.');
    forget();
    if (id === sessionId) setCookie(by, null);
    await audit.record(by, { action: 'session.ended', detail: { endedCount: 1 } });
  }

  async function endOthers(by: Visitor<UserPrincipal>): Promise<number> {
    const { userId, sessionId } = by.principal;
    const endedCount = await sessions.endOthers(userId, sessionId);
    forget();
    await audit.record(by, { action: 'session.ended', detail: { endedCount } });
    return endedCount;
  }
}

/** For the audit log: an event of signing in is that of the user who it makes. */
function asUser({ exchange }: Visitor, userId: string): AuditActor {
  return { principal: { id: `user:${userId}` }, exchange };
}

function targetOf({ user }: StoredUser): string {
  return `user:${user.id}`;
}

function brokenLink(): AppError {
  return new AppError(
    'UNAUTHENTICATED',
    'The link does not work: it was used, is too old, or was replaced. Ask an admin for a new one.',
  );
}

function wrongPassword(): AppError {
  const message = 'must be the password that you have now';
  return new AppError('INPUT_INVALID', 'The current password is wrong.', {
    issues: [{ path: ['currentPassword'], rule: 'wrong', message }],
  });
}

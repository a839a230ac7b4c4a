import type { User } from '@oriel/schemas';
import { createUuidV7 } from '../../uuid-v7.ts';
import type { AuditService } from '../audit/service.ts';
import type { SessionStore } from '../sessions.ts';
import type { SignInService, Visitor } from '../sign-in/service.ts';
import type { UserRepository } from '../users/repository.ts';
import type { Flow, FlowBox } from './flow.ts';
import type { ExternalPerson, Provider } from './provider.ts';
import { SignInRefusal } from './refusal.ts';
import type { IdentityRepository } from './repository.ts';

interface Needs {
  readonly provider: Provider;
  readonly flows: FlowBox;
  readonly identities: IdentityRepository;
  readonly users: Pick<UserRepository, 'findById' | 'findByEmail' | 'create'>;
  readonly signIn: Pick<SignInService, 'begin'>;
  readonly sessions: Pick<SessionStore, 'endOne'>;
  readonly audit: Pick<AuditService, 'record'>;
  /** Makes this process forget who holds which credential. */
  readonly forget: () => void;
  readonly isRegistrationOpen: boolean;
  /** Where the provider sends browsers back to. */
  readonly redirectUri: () => string;
}

export type OidcService = ReturnType<typeof createOidcService>;

/** People who sign in with a provider: OpenID Connect, authorization code with PKCE, state and nonce. */
export function createOidcService({
  provider,
  flows,
  identities,
  users,
  signIn,
  sessions,
  audit,
  forget,
  isRegistrationOpen,
  redirectUri,
}: Needs) {
  return { start, finish };

  /**
   * @returns where to send the browser, and what it is to keep until it comes back
   * @throws SignInRefusal when the provider does not answer
   */
  async function start({ principal }: Pick<Visitor, 'principal'>) {
    const { url, flow } = await provider.begin(redirectUri());
    if (principal.kind !== 'user') return { location: url.href, sealedFlow: await flows.seal(flow) };
    const { userId, sessionId } = principal;
    const sealedFlow = await flows.seal({ ...flow, former: { userId, sessionId } });
    return { location: url.href, sealedFlow };
  }

  /**
   * Signs in whom the provider sent back.
   *
   * @param query - what the provider answered, e.g. `?code=…&state=…`
   * @throws SignInRefusal
   */
  async function finish(by: Visitor, query: string, sealedFlow: string | undefined): Promise<void> {
    const flow = sealedFlow === undefined ? null : await flows.open(sealedFlow);
    if (!flow) throw new SignInRefusal('sign-in-expired');
    try {
      await admit(by, query, flow);
    } catch (error) {
      if (error instanceof SignInRefusal)
        await audit.record(by, {
          action: 'user.sign-in-failed',
          detail: { method: 'provider', reason: error.reason },
        });
      throw error;
    }
  }

  async function admit(by: Visitor, query: string, flow: Flow): Promise<void> {
    const person = await provider.finish(new URL(`${redirectUri()}${query}`), flow);
    const user = (await findKnown(person)) ?? (await findOrMake(by, person));
    if (user.isDisabled) throw new SignInRefusal('account-disabled');
    if (flow.former) await sessions.endOne(flow.former.userId, flow.former.sessionId);
    await signIn.begin(by, user, { method: 'provider', issuer: person.issuer });
  }

  /** Once linked, the provider's own name of the person counts: an address may become somebody else's. */
  async function findKnown(person: ExternalPerson): Promise<User | null> {
    const userId = await identities.findUserId(person);
    return userId === null ? null : ((await users.findById(userId))?.user ?? null);
  }

  async function findOrMake(by: Visitor, person: ExternalPerson): Promise<User> {
    const { verifiedEmail: email } = person;
    if (email === null) throw new SignInRefusal('email-not-verified');
    if (!(await users.findByEmail(email))) await register(by, person, email);
    const stored = await users.findByEmail(email);
    if (!stored) throw new SignInRefusal('sign-in-failed');
    // not linked either: an admin may have disabled it for this very reason
    if (!stored.user.isDisabled) await link(by, person, stored.user, email);
    return stored.user;
  }

  async function register(by: Visitor, { name }: ExternalPerson, email: string): Promise<void> {
    if (!isRegistrationOpen) throw new SignInRefusal('registration-closed');
    const user = { id: createUuidV7(), email, name, role: 'member', createdAt: new Date() } as const;
    if (await users.create({ ...user, passwordHash: null }))
      await audit.record(by, {
        action: 'user.registered',
        target: `user:${user.id}`,
        detail: { method: 'provider' },
      });
  }

  async function link(by: Visitor, person: ExternalPerson, user: User, email: string): Promise<void> {
    const { issuer, subject } = person;
    const linked = await identities.link({ issuer, subject, userId: user.id, email });
    if (linked === 'taken') throw new SignInRefusal('account-linked');
    forget();
    await audit.record(by, {
      action: 'user.identity-linked',
      target: `user:${user.id}`,
      detail: { issuer, isTakenOver: linked === 'taken-over' },
    });
  }
}

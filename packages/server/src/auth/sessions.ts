import { hash } from 'node:crypto';
import type { Session } from '@oriel/schemas';
import { type Adapter, Lucia, TimeSpan } from 'lucia';
import { unlessDown } from '../db/unless-down.ts';
import type { PrismaClient, Session as Row } from '../generated/prisma/client.ts';
import { type PrincipalUser, type UserPrincipal, userPrincipal } from './principal.ts';
import { sessionCookieName } from './session-cookie.ts';

// The one file that knows Lucia: see docs/decisions/0007-sessions-through-lucia.md for the way out.

interface SessionAttributes {
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  readonly userAgent: string;
  readonly ipPrefix: string | null;
}

interface UserAttributes extends Omit<PrincipalUser, 'id'> {
  readonly isDisabled: boolean;
}

declare module 'lucia' {
  interface Register {
    Lucia: Lucia<SessionAttributes, UserAttributes>;
    DatabaseSessionAttributes: SessionAttributes;
    DatabaseUserAttributes: UserAttributes;
  }
}

interface Needs {
  readonly prisma: Pick<PrismaClient, 'session'>;
  ping(): Promise<void>;
  /** How long a session lives that is not used. */
  readonly idleMs: number;
  /** How long one lives at most. */
  readonly absoluteMs: number;
}

/** What a session remembers of the browser that it was made for. */
export interface Browser {
  readonly userAgent: string;
  readonly ipPrefix: string | null;
}

export type SessionStore = ReturnType<typeof createSessionStore>;

/** `lastSeenAt` is exact to this, in milliseconds: a session in steady use costs one write a minute. */
const lastSeenStepMs = 60_000;

/**
 * Browsers that are signed in. A session's id is known to its browser alone: the database holds the SHA-256 of it,
 * which also names the session in lists. All methods throw AppError DATABASE_UNAVAILABLE when the database does not
 * answer.
 */
export function createSessionStore({ prisma, ping, idleMs, absoluteMs }: Needs) {
  const sessions = prisma.session;
  const lucia = new Lucia<SessionAttributes, UserAttributes>(createAdapter(), {
    sessionExpiresIn: new TimeSpan(idleMs, 'ms'),
    getSessionAttributes: (attributes) => attributes,
    getUserAttributes: (attributes) => attributes,
  });

  return { create, verify, isThere, list, end, endOne, endOthers, endAll, cookie };

  /** @returns the id, for the cookie; it is told to nobody else */
  async function create(userId: string, browser: Browser): Promise<string> {
    const now = new Date();
    // nobody waits for it, and the next sign-in does what this one could not
    lucia.deleteExpiredSessions().catch(() => undefined);
    const { id } = await lucia.createSession(userId, { ...browser, createdAt: now, lastSeenAt: now });
    return id;
  }

  /** Who is signed in with this session; null when it is none, or over. */
  async function verify(id: string): Promise<UserPrincipal | null> {
    const { session, user } = await lucia.validateSession(id);
    if (!session || user.isDisabled) return null;
    noteUse(toHash(id), session);
    return userPrincipal(user, toHash(id));
  }

  /** Whether the session that is named so is there now, for what must not be told to one that ended a moment ago. */
  async function isThere(userId: string, idHash: string): Promise<boolean> {
    return (await unlessDown(ping, () => sessions.count({ where: { userId, idHash } }))) > 0;
  }

  function noteUse(idHash: string, { createdAt, lastSeenAt }: SessionAttributes): void {
    const now = Date.now();
    if (now - lastSeenAt.getTime() < lastSeenStepMs) return;
    const data = { lastSeenAt: new Date(now), expiresAt: endOf(createdAt, now + idleMs) };
    // the next use writes it, should the database be down
    sessions.updateMany({ where: { idHash }, data }).catch(() => undefined);
  }

  /** Last seen first. */
  async function list(userId: string, currentIdHash: string): Promise<Session[]> {
    const where = { userId, expiresAt: { gt: new Date() } };
    const find = () => sessions.findMany({ where, orderBy: [{ lastSeenAt: 'desc' }, { idHash: 'asc' }] });
    const rows = await unlessDown(ping, find);
    return rows.filter(isAlive).map((row) => toSession(row, currentIdHash));
  }

  /** Ends the session of a cookie, if there is one. */
  async function end(id: string): Promise<void> {
    await lucia.invalidateSession(id);
  }

  /** @returns whether the user had a session that is named so */
  async function endOne(userId: string, idHash: string): Promise<boolean> {
    return (await remove({ userId, idHash })) > 0;
  }

  /** @returns how many were ended */
  function endOthers(userId: string, keptIdHash: string): Promise<number> {
    return remove({ userId, idHash: { not: keptIdHash } });
  }

  async function endAll(userId: string): Promise<void> {
    await lucia.invalidateUserSessions(userId);
  }

  async function remove(where: NonNullable<Parameters<typeof sessions.deleteMany>[0]>['where']) {
    const { count } = await unlessDown(ping, () => sessions.deleteMany({ where: { ...where } }));
    return count;
  }

  /**
   * The `Set-Cookie` that a browser gets: it lasts as long as the session can, which the server ends earlier.
   * `SameSite=Strict` is enough: the pages are ours, and their own calls are of the same site wherever one came from.
   *
   * @param id - null takes the cookie away
   */
  function cookie(id: string | null, isSecure: boolean): { name: string; text: string } {
    const name = sessionCookieName(isSecure);
    const attributes = ['Path=/', 'HttpOnly', 'SameSite=Strict', ...(isSecure ? ['Secure'] : [])];
    const maxAgeS = id === null ? 0 : Math.floor(absoluteMs / 1000);
    return { name, text: [`${name}=${id ?? ''}`, `Max-Age=${maxAgeS}`, ...attributes].join('; ') };
  }

  /** Lucia's ids go in and out; only their hashes are stored. */
  function createAdapter(): Adapter {
    return {
      async getSessionAndUser(id) {
        const idHash = toHash(id);
        const find = () => sessions.findUnique({ where: { idHash }, include: { user: true } });
        const row = await unlessDown(ping, find);
        if (!row || !isAlive(row)) return [null, null];
        const { name, role, disabledAt } = row.user;
        const attributes = { name, role, isDisabled: disabledAt !== null };
        return [
          { id, ...toLuciaSession(row) },
          { id: row.userId, attributes },
        ];
      },

      async getUserSessions(userId) {
        const rows = await unlessDown(ping, () => sessions.findMany({ where: { userId } }));
        // named by their hashes: nobody knows their ids
        return rows.map((row) => ({ id: row.idHash, ...toLuciaSession(row) }));
      },

      async setSession({ id, userId, expiresAt, attributes }) {
        const end = endOf(attributes.createdAt, expiresAt.getTime());
        const data = { idHash: toHash(id), userId, ...attributes, expiresAt: end };
        await unlessDown(ping, () => sessions.create({ data }));
      },

      // Lucia postpones the end when half of the time is over; noteUse does so every minute, with the end of all ends
      async updateSessionExpiration() {},

      async deleteSession(id) {
        await remove({ idHash: toHash(id) });
      },

      async deleteUserSessions(userId) {
        await remove({ userId });
      },

      async deleteExpiredSessions() {
        await remove({ expiresAt: { lte: new Date() } });
      },
    };
  }

  function isAlive({ createdAt }: Pick<Row, 'createdAt'>): boolean {
    return createdAt.getTime() + absoluteMs > Date.now();
  }

  function endOf(createdAt: Date, wantedMs: number): Date {
    return new Date(Math.min(wantedMs, createdAt.getTime() + absoluteMs));
  }
}

/** Plain SHA-256: an id has 200 random bits. */
function toHash(id: string): string {
  return hash('sha256', id, 'hex');
}

function toLuciaSession({ userId, expiresAt, createdAt, lastSeenAt, userAgent, ipPrefix }: Row) {
  return { userId, expiresAt, attributes: { createdAt, lastSeenAt, userAgent, ipPrefix } };
}

function toSession(row: Row, currentIdHash: string): Session {
  return {
    id: row.idHash,
    createdAt: row.createdAt.toISOString(),
    lastSeenAt: row.lastSeenAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    userAgent: row.userAgent,
    ipPrefix: row.ipPrefix,
    isCurrent: row.idHash === currentIdHash,
  };
}

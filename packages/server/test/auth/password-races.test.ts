import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPasswordHasher } from '../../src/auth/passwords/hasher.ts';
import { anonymousPrincipal, userPrincipal } from '../../src/auth/principal.ts';
import { createSessionStore } from '../../src/auth/sessions.ts';
import { createAttemptLimits } from '../../src/auth/sign-in/attempts.ts';
import { createSignInService, type Visitor } from '../../src/auth/sign-in/service.ts';
import { createSignInLinks } from '../../src/auth/users/links.ts';
import { createUserRepository } from '../../src/auth/users/repository.ts';
import { openDatabase } from '../../src/db/database.ts';
import { createDataFolder } from '../db/support/embedded-folder.ts';

// A thief who knows the old password, and is at work while its owner chooses another.

const old = 'seven blue penguins';
const fresh = 'nine green penguins';
const hasher = createPasswordHasher({ memoryKib: 1024, passes: 1 });

let folder: Awaited<ReturnType<typeof createDataFolder>>;
let database: Awaited<ReturnType<typeof openDatabase>>;
beforeAll(async () => {
  folder = await createDataFolder();
  database = await openDatabase({ dataFolder: folder.path, logger: pino({ level: 'silent' }) });
});
afterAll(async () => {
  await database.close();
  await folder.remove();
});

/** Signing in, with something that happens once a password was found to be right and before more is done with that. */
function signInWhile(happens: () => Promise<void>) {
  let isOver = false;
  return createSignInService({
    users: createUserRepository(database),
    links: createSignInLinks(database),
    sessions: createSessionStore({ ...database, idleMs: 3_600_000, absoluteMs: 3_600_000 }),
    passwords: {
      ...hasher,
      async isRight(password, passwordHash) {
        const isRight = await hasher.isRight(password, passwordHash);
        if (!isOver) await happens();
        isOver = true;
        return isRight;
      },
    },
    attempts: createAttemptLimits({ attemptsMax: 100 }),
    audit: { record: async () => undefined },
    forget: () => undefined,
    isRegistrationOpen: false,
    passwordCharsMin: 12,
    providerName: undefined,
  });
}

async function createPerson(passwordHash: string | null = null) {
  const id = randomUUID();
  const data = {
    id,
    email: `${id}@example.com`,
    name: 'Ada',
    role: 'member',
    createdAt: new Date(),
  } as const;
  await database.prisma.user.create({
    data: { ...data, passwordHash: passwordHash ?? (await hasher.hash(old)) },
  });
  return data;
}

function visitor(): Visitor & { readonly cookies: string[] } {
  const cookies: string[] = [];
  const exchange = { ip: '192.0.2.1', userAgent: undefined, isSecure: false };
  const setCookie = (_name: string, text: string) => void cookies.push(text);
  return { principal: anonymousPrincipal(true), exchange: { ...exchange, setCookie }, cookies };
}

/** What the owner does. */
async function chooseAnother(userId: string): Promise<void> {
  const passwordHash = await hasher.hash(fresh);
  await database.prisma.user.update({ where: { id: userId }, data: { passwordHash } });
  await database.prisma.session.deleteMany({ where: { userId } });
}

const sessionsOf = (userId: string) => database.prisma.session.count({ where: { userId } });

async function isPassword(userId: string, password: string): Promise<boolean> {
  const { passwordHash } = await database.prisma.user.findUniqueOrThrow({ where: { id: userId } });
  return hasher.isRight(password, passwordHash);
}

describe('a password that was right a moment ago', () => {
  test('signs nobody in once there is another', async () => {
    const { id, email } = await createPerson();
    const thief = visitor();
    const { signIn } = signInWhile(() => chooseAnother(id));
    await expect(signIn(thief, { email, password: old })).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(thief.cookies).toEqual([]);
    expect(await sessionsOf(id)).toBe(0);
  });

  test('signs nobody in whose account is disabled by then, nor later, when it is enabled', async () => {
    const { id, email } = await createPerson();
    const { signIn } = signInWhile(async () => {
      await database.prisma.user.update({ where: { id }, data: { disabledAt: new Date() } });
    });
    await expect(signIn(visitor(), { email, password: old })).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
    expect(await sessionsOf(id)).toBe(0);
  });

  test('signs in where it was only hashed anew, by another browser of its owner', async () => {
    const { id, email } = await createPerson();
    const owner = visitor();
    const { signIn } = signInWhile(async () => {
      const passwordHash = await hasher.hash(old);
      await database.prisma.user.update({ where: { id }, data: { passwordHash } });
    });
    await signIn(owner, { email, password: old });
    expect(owner.cookies).toHaveLength(1);
    expect(await sessionsOf(id)).toBe(1);
  });

  test('is not written over the one that its owner chose, though it is to be hashed at another cost', async () => {
    const dear = await createPasswordHasher({ memoryKib: 2048, passes: 1 }).hash(old);
    const { id, email } = await createPerson(dear);
    const { signIn } = signInWhile(() => chooseAnother(id));
    await expect(signIn(visitor(), { email, password: old })).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
    expect(await isPassword(id, fresh)).toBe(true);
  });

  test('changes the password no more once its owner has', async () => {
    const person = await createPerson();
    const { changePassword } = signInWhile(() => chooseAnother(person.id));
    const thief = { ...visitor(), principal: userPrincipal(person, 'a session') };
    const input = { currentPassword: old, newPassword: 'ten yellow penguins' };
    await expect(changePassword(thief, input)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    expect(await isPassword(person.id, fresh)).toBe(true);
    expect(await sessionsOf(person.id)).toBe(0);
  });
});

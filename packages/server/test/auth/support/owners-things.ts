import { hash, randomUUID } from 'node:crypto';
import { systemActor } from '../../../src/auth/audit/service.ts';
import type { PrincipalUser } from '../../../src/auth/principal.ts';
import { createUuidV7 } from '../../../src/uuid-v7.ts';
import { createClientId, createKey, createSession } from '../../support/identities.ts';
import { gentoo } from '../../support/inputs.ts';
import type { TestApp } from '../../support/test-app.ts';

/** What everybody signs in with. */
export const password = 'seven blue penguins';

export function emailOf({ id }: PrincipalUser): string {
  return `${id}@example.com`;
}

interface Options {
  readonly app: TestApp;
  readonly owner: PrincipalUser;
  /** Of a key of the owner's. */
  readonly headers: Record<string, string>;
  /** Whom the owner shares things with. */
  readonly admin: PrincipalUser;
}

export type OwnersThings = Awaited<ReturnType<typeof createOwnersThings>>;

/**
 * One of everything that an owner can have, and more of what calls use up; the owner's name or id is in each answer
 * that shows it.
 */
export async function createOwnersThings({ app, owner, headers, admin }: Options) {
  await app.post('/api/v1/models/penguins/predict', gentoo, headers);
  await app.app.recorder.flush();
  await app.post('/api/v1/auth/sign-in', { email: emailOf(owner), password });
  const rows = [{ island: owner.name }];
  const { body } = await app.post('/api/v1/datasets', { name: `Rows of ${owner.name}`, rows }, headers);
  const { id: datasetId } = body as { id: string };

  return {
    owner,
    admin,
    datasetId,
    insertDataset,
    insertJob,
    insertSchedule,
    createSessionId,
    createLinkToken,
    createKeyId: async () => (await createKey(app, owner)).key.id,
    createClientId: () => createClientId(app),
  };

  /** One of the owner's, whose rows nobody asks for. */
  async function insertDataset(how: { deletedAt?: Date; isShared?: boolean } = {}): Promise<string> {
    const { deletedAt = null, isShared = false } = how;
    const now = new Date();
    const { id } = await app.app.database.prisma.dataset.create({
      data: {
        id: randomUUID(),
        owner: `user:${owner.id}`,
        name: `Rows of ${owner.name}`,
        description: '',
        tags: [],
        createdAt: now,
        updatedAt: now,
        deletedAt,
        versions: {
          create: {
            version: 1,
            state: 'ready',
            format: 'csv',
            sourceName: 'rows.csv',
            sourceSha256: '',
            sizeBytes: 0,
            columns: [],
            createdAt: now,
          },
        },
        ...(isShared && { shares: { create: { userId: admin.id, createdAt: now } } }),
      },
    });
    return id;
  }

  /** One of the owner's that is paused, or has ended without all of its rows. */
  async function insertJob({ hasFailed = false } = {}): Promise<string> {
    const run = { datasetId, datasetVersion: 1, model: 'penguins', modelVersion: '1' };
    const how = { name: 'x', mapping: {}, keepColumns: true, chunkRows: 10, chargedTo: `user:${owner.id}` };
    const now = new Date();
    const { id } = await app.app.database.prisma.job.create({
      data: {
        ...run,
        id: createUuidV7(),
        owner: `user:${owner.id}`,
        kind: 'dataset.predict',
        state: hasFailed ? 'failed' : 'paused',
        title: `Predict rows of ${owner.name}`,
        priority: 0,
        input: { ...run, ...how },
        createdAt: now,
        updatedAt: now,
        finishedAt: hasFailed ? now : null,
      },
    });
    return id;
  }

  async function insertSchedule(): Promise<string> {
    const { id } = await app.app.database.prisma.jobSchedule.create({
      data: {
        id: createUuidV7(),
        owner: `user:${owner.id}`,
        cron: '0 3 * * *',
        timeZone: 'UTC',
        job: { datasetId, model: 'penguins' },
        createdAt: new Date(),
      },
    });
    return id;
  }

  /** Of a browser that the owner is signed in with; the name that it has in the list. */
  async function createSessionId(): Promise<string> {
    const { cookie } = await createSession(app, owner);
    return hash('sha256', cookie.slice(cookie.indexOf('=') + 1), 'hex');
  }

  async function createLinkToken(): Promise<string> {
    return (await app.app.services.users.createLink(systemActor, owner.id)).token;
  }
}

import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/database.ts';
import { createTransact } from '../../src/db/transaction.ts';
import { createIdempotency, type Finish } from '../../src/idempotency/idempotency.ts';
import { createIdempotencyRepository } from '../../src/idempotency/repository.ts';
import { databaseKinds, type TestDatabase } from '../db/support/test-databases.ts';

type Database = Awaited<ReturnType<typeof openDatabase>>;

const logger = { warn: () => undefined };
const minute = 60_000;

/** One process, and another for which the first was not heard of for a minute: it stood still, say. */
function createTwo(database: Database) {
  const repository = createIdempotencyRepository(database);
  const start = Date.now();
  return {
    silent: createIdempotency({ repository, logger, now: () => start }),
    other: createIdempotency({ repository, logger, now: () => start + minute }),
    call: { owner: 'user:x', operation: 'y', key: randomUUID(), input: 1 },
  };
}

/** Makes something when it is told to, in a transaction. */
function createMaker(database: Database) {
  const [begun, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const id = randomUUID();
  const make = async (finish: Finish) => {
    begun.resolve();
    await go.promise;
    await createTransact(database)((tx) => finish(id, tx));
    return id;
  };
  return { id, make, begun: begun.promise, go };
}

describe.each(databaseKinds.filter(({ isAvailable }) => isAvailable))(
  'a process that was thought dead and is not, on $title',
  (kind) => {
    let there: TestDatabase;
    let database: Database;
    beforeAll(async () => {
      there = await kind.create();
      database = await openDatabase({ ...there, logger: pino({ level: 'silent' }) });
    });
    afterAll(async () => {
      await database.close();
      await there.drop();
    });

    test('makes nothing under a key that another has by now', async () => {
      const { silent, other, call } = createTwo(database);
      const [late, early] = [createMaker(database), createMaker(database)];
      const making = silent.once(call, late.make);
      await late.begun;
      early.go.resolve();
      expect(await other.once(call, early.make)).toEqual({ id: early.id, isRepeated: false });

      late.go.resolve();
      await expect(making).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_IN_FLIGHT' });
      expect(await other.once(call, createMaker(database).make)).toEqual({ id: early.id, isRepeated: true });
    });

    test('gives nobody the key that another is at work with', async () => {
      const { silent, other, call } = createTwo(database);
      const [late, early] = [createMaker(database), createMaker(database)];
      const failing = silent.once(call, late.make);
      await late.begun;
      const making = other.once(call, early.make);
      await early.begun;
      late.go.reject(new Error('it stood still for too long'));
      await expect(failing).rejects.toThrow('too long');

      await expect(other.once(call, createMaker(database).make)).rejects.toMatchObject({
        code: 'IDEMPOTENCY_KEY_IN_FLIGHT',
      });
      early.go.resolve();
      expect(await making).toEqual({ id: early.id, isRepeated: false });
    });
  },
);

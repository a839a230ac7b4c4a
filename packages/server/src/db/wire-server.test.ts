import { Client } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { startWireServer } from './wire-server.ts';

/** "Authentication is done", then "ready, in no transaction". */
const welcome = Buffer.from('R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I', 'latin1');

test('one connection too many is refused, and the others are served', async () => {
  const server = await startWireServer({
    session: { run: async (_bytes, onAnswer) => onAnswer(welcome), isInTransaction: () => false },
    listen: { host: '127.0.0.1', port: 0 },
    databaseName: 'oriel',
    connectionsMax: 2,
    onBroken: () => undefined,
  });
  onTestFinished(() => server.close());
  const connectionString = `postgres://postgres@127.0.0.1:${server.port}/oriel`;
  const [one, other, third] = [1, 2, 3].map(() => new Client({ connectionString })) as [
    Client,
    Client,
    Client,
  ];
  await one.connect();
  await other.connect();
  await expect(third.connect()).rejects.toMatchObject({ code: '53300' });
  await one.end();
  // its place is free once the server has heard of it
  await expect
    .poll(() => {
      const next = new Client({ connectionString });
      return next.connect().then(
        () => next.end(),
        (error: unknown) => error,
      );
    })
    .toBe(undefined);
  await other.end();
});

import { describe, expect, test, vi } from 'vitest';
import { createSessionTurns, type SessionClient, type SharedSession } from './session-turns.ts';

describe('turns on the shared session', () => {
  test('come in the order of asking', async () => {
    const { turns, ran } = createTurns();
    const [a, b] = [createClient(), createClient()];
    ask(turns, a, 'one');
    ask(turns, b, 'two');
    ask(turns, a, 'three');
    await turns.settled();
    expect(ran).toEqual(['one', 'two', 'three']);
  });

  test('a transaction keeps the others waiting until it ends', async () => {
    const { turns, ran } = createTurns();
    const [a, b] = [createClient(), createClient()];
    ask(turns, a, 'BEGIN');
    ask(turns, b, 'other');
    await turns.settled();
    expect(ran).toEqual(['BEGIN']);

    ask(turns, a, 'mine');
    ask(turns, a, 'COMMIT');
    await turns.settled();
    expect(ran).toEqual(['BEGIN', 'mine', 'COMMIT', 'other']);
  });

  test('a statement that is not finished keeps the others waiting too', async () => {
    const { turns, ran } = createTurns();
    const [a, b] = [createClient(), createClient()];
    turns.take({ client: a, bytes: Buffer.from('parse'), isOpen: true });
    ask(turns, b, 'other');
    ask(turns, a, 'sync');
    await turns.settled();
    expect(ran).toEqual(['parse', 'sync', 'other']);
  });

  test('a client that leaves inside a transaction is rolled back and the others go on', async () => {
    const { turns, ran } = createTurns();
    const [a, b] = [createClient(), createClient()];
    ask(turns, a, 'BEGIN');
    ask(turns, b, 'other');
    ask(turns, a, 'never runs');
    turns.leave(a); // while BEGIN is running
    await turns.settled();
    expect(ran).toEqual(['BEGIN', expect.stringContaining('ROLLBACK'), 'other']);
  });

  test('a client that holds the session and asks nothing is told to leave', async () => {
    vi.useFakeTimers();
    const { turns } = createTurns();
    const idle = createClient();
    ask(turns, idle, 'BEGIN');
    await vi.advanceTimersByTimeAsync(holdIdleMsMax - 1);
    expect(idle.onHeldTooLong).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(idle.onHeldTooLong).toHaveBeenCalledOnce();
    vi.useRealTimers();
  });

  test('nothing runs after the database has broken', async () => {
    const { turns, ran, onBroken } = createTurns();
    ask(turns, createClient(), 'break');
    await expect.poll(() => onBroken).toHaveBeenCalledOnce();
    ask(turns, createClient(), 'too late');
    expect(ran).toEqual(['break']);
  });
});

const holdIdleMsMax = 1000;

function createTurns() {
  const ran: string[] = [];
  let isInTransaction = false;
  const session: SharedSession = {
    async run(bytes) {
      const text = Buffer.from(bytes).toString();
      ran.push(text);
      if (text === 'BEGIN') isInTransaction = true;
      if (text === 'COMMIT' || text.includes('ROLLBACK')) isInTransaction = false;
      if (text === 'break') throw new Error('broken');
    },
    isInTransaction: () => isInTransaction,
  };
  const onBroken = vi.fn();
  return { turns: createSessionTurns({ session, holdIdleMsMax, onBroken }), ran, onBroken };
}

function createClient() {
  return { answer: vi.fn(), onHeldTooLong: vi.fn() } satisfies SessionClient;
}

function ask(turns: ReturnType<typeof createSessionTurns>, client: SessionClient, text: string): void {
  turns.take({ client, bytes: Buffer.from(text), isOpen: false });
}

import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { Flight } from './flight.ts';
import type { ReadyVersion } from './model-catalog.ts';
import { createWaitingRoom } from './waiting-room.ts';

function setUp() {
  const deserted: Flight[] = [];
  const room = createWaitingRoom({ onDeserted: (flight) => deserted.push(flight) });
  // the room never looks at the version
  const flight = new Flight({
    version: {} as ReadyVersion,
    input: 1,
    priority: 'high',
    key: null,
    acceptedAt: 0,
  });
  const visit = (rest: { deadlineAt?: number; signal?: AbortSignal; acceptedAt?: number } = {}) =>
    room.wait(flight, {
      acceptedAt: performance.now(),
      deadlineAt: Number.POSITIVE_INFINITY,
      signal: undefined,
      ...rest,
    });
  return { room, flight, deserted, visit };
}

const answer = { output: 'out', batchSize: 3, computeMs: 7, version: '1', cached: false };

describe('createWaitingRoom', () => {
  test('all callers of a flight get its answer, each with its own time in the queue', async () => {
    const { room, flight, visit } = setUp();
    const calls = [visit({ acceptedAt: 100 }), visit({ acceptedAt: 130 }), visit({ acceptedAt: 200 })];
    flight.startedAt = 150;
    room.answer(flight, answer);
    expect(await Promise.all(calls)).toEqual([50, 20, 0].map((queueMs) => ({ ...answer, queueMs })));
    expect(room.count()).toBe(0);
  });

  test('leaves no listener on a signal, however the wait ends', async () => {
    const { room, flight, visit } = setUp();
    const { signal } = new AbortController();
    const calls = [visit({ signal }), visit({ signal })];
    expect(getEventListeners(signal, 'abort')).toHaveLength(2);
    room.fail(flight, new Error('failed'));
    await Promise.allSettled(calls);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  test('a signal of a flight on the event loop is looked at when its turn comes', async () => {
    const { room, flight, visit } = setUp();
    flight.isInline = true;
    const leaving = new AbortController();
    const call = visit({ signal: leaving.signal });
    expect(getEventListeners(leaving.signal, 'abort')).toHaveLength(0);
    leaving.abort();
    expect(room.isWanted(flight)).toBe(false);
    await expect(call).rejects.toMatchObject({ code: 'REQUEST_CANCELLED' });
  });

  test('a flight that goes on to a thread listens to its signals from then on', async () => {
    const { room, flight, visit } = setUp();
    flight.isInline = true;
    const leaving = new AbortController();
    const calls = [visit({ signal: leaving.signal }), visit()];
    room.listen(flight);
    leaving.abort();
    room.answer(flight, answer);
    expect(await Promise.allSettled(calls)).toMatchObject([
      { status: 'rejected', reason: { code: 'REQUEST_CANCELLED' } },
      { status: 'fulfilled' },
    ]);
    expect(getEventListeners(leaving.signal, 'abort')).toHaveLength(0);
  });

  test('a flight is deserted when its last caller leaves, not before', async () => {
    const { deserted, flight, visit } = setUp();
    const [one, other] = [new AbortController(), new AbortController()];
    const calls = [visit({ signal: one.signal }), visit({ signal: other.signal })];
    one.abort();
    expect(deserted).toEqual([]);
    other.abort();
    expect(deserted).toEqual([flight]);
    await Promise.allSettled(calls);
  });

  test('a deadline that has passed counts, also before the timer has seen it', async () => {
    const { room, flight, visit } = setUp();
    const call = visit({ deadlineAt: performance.now() - 1 });
    expect(room.isWanted(flight)).toBe(false);
    await expect(call).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  });

  test('whenEmpty resolves when the last caller has gone', async () => {
    const { room, flight, visit } = setUp();
    const call = visit();
    let isEmpty = false;
    const emptied = room.whenEmpty().then(() => (isEmpty = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(isEmpty).toBe(false);
    room.answer(flight, answer);
    await Promise.all([call, emptied]);
    expect(isEmpty).toBe(true);
  });
});

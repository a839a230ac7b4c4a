import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createTurns } from './turns.ts';

test('at most so many run at once, in the order they came, and a failure frees its place', async () => {
  const inTurn = createTurns(() => 2);
  let running = 0;
  let most = 0;
  const started: number[] = [];
  const work = (id: number) => async () => {
    started.push(id);
    running += 1;
    most = Math.max(most, running);
    await nextTurn();
    running -= 1;
    if (id === 1) throw new Error('fails');
    return id;
  };
  const all = await Promise.allSettled([0, 1, 2, 3, 4].map((id) => inTurn(work(id))));
  expect(most).toBe(2);
  expect(started).toEqual([0, 1, 2, 3, 4]);
  expect(all.map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
    'fulfilled',
    'fulfilled',
  ]);
});

test('how many may run is looked at anew whenever one comes or ends', async () => {
  let limit = 2;
  const inTurn = createTurns(() => limit);
  const works = Array.from({ length: 5 }, () => Promise.withResolvers<void>());
  const begun: number[] = [];
  const all = works.map(({ promise }, id) =>
    inTurn(() => {
      begun.push(id);
      return promise;
    }),
  );
  const end = async (id: number) => {
    works[id]?.resolve();
    await all[id];
    await nextTurn();
  };
  await nextTurn();
  expect(begun).toEqual([0, 1]);
  limit = 1;
  await end(0);
  expect(begun).toEqual([0, 1]);
  await end(1);
  expect(begun).toEqual([0, 1, 2]);
  limit = 2;
  await end(2);
  expect(begun).toEqual([0, 1, 2, 3, 4]);
  limit = 1;
  await Promise.all([end(3), end(4)]);
  const [first, second, third] = [1, 2, 3].map(() => Promise.withResolvers<void>());
  const late = [first, second].map((work) => inTurn(() => work?.promise ?? Promise.resolve()));
  limit = 3;
  // whoever comes lets those begin who came before
  late.push(inTurn(() => third?.promise ?? Promise.resolve()));
  second?.resolve();
  await late[1];
  first?.resolve();
  third?.resolve();
  await Promise.all(late);
});

test('who leaves while waiting is not run, and holds up nobody', async () => {
  const inTurn = createTurns(() => 1);
  const first = Promise.withResolvers<void>();
  const running = inTurn(() => first.promise);
  const leaving = new AbortController();
  let hasRun = false;
  const left = inTurn(async () => {
    hasRun = true;
  }, leaving.signal);
  const last = inTurn(async () => 'last');
  leaving.abort(new Error('gone'));
  await expect(left).rejects.toThrow('gone');
  first.resolve();
  await running;
  await expect(last).resolves.toBe('last');
  expect(hasRun).toBe(false);
});

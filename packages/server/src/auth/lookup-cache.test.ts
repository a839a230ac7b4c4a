import { describe, expect, test } from 'vitest';
import { createLookupCache } from './lookup-cache.ts';

/** A cache on a clock of its own, over a table that answers when it is told to. */
function createScene({ entriesMax = 100 } = {}) {
  const clock = { nowMs: 0 };
  const cache = createLookupCache<object>({ entriesMax, now: () => clock.nowMs });
  const table = new Map<string, object>();
  const scene = {
    clock,
    cache,
    table,
    lookUps: 0,
    /** Asks as a request does; the table is read now and answers in the next turn. */
    ask: (key: string) =>
      cache.get(key, async () => {
        scene.lookUps += 1;
        return table.get(key) ?? null;
      }),
  };
  return scene;
}

const ada = { name: 'Ada' };

describe('createLookupCache', () => {
  test('many who ask at once share one look-up', async () => {
    const scene = createScene();
    scene.table.set('key', ada);
    const answers = await Promise.all(Array.from({ length: 100 }, async () => scene.ask('key')));
    expect(new Set(answers)).toEqual(new Set([ada]));
    expect(scene.lookUps).toBe(1);
  });

  test('what it knows is answered without a promise', async () => {
    const scene = createScene();
    scene.table.set('key', ada);
    await scene.ask('key');
    expect(scene.ask('key')).toBe(ada);
  });

  test('what is revoked is refused within a second, however often it is asked for', async () => {
    const scene = createScene();
    scene.table.set('key', ada);
    await scene.ask('key');
    scene.table.delete('key');
    let refusedAfterMs: number | undefined;
    for (; scene.clock.nowMs < 2000 && refusedAfterMs === undefined; scene.clock.nowMs += 10) {
      if ((await scene.ask('key')) === null) refusedAfterMs = scene.clock.nowMs;
    }
    expect(refusedAfterMs).toBeLessThan(1000);
  });

  test('a look-up that read early and answered late is not kept past a second from its reading', async () => {
    const scene = createScene();
    let answer = (_found: object) => {};
    const late = scene.cache.get('key', () => new Promise((resolve) => (answer = resolve)));
    scene.clock.nowMs = 900;
    answer(ada);
    await late;
    expect(await scene.ask('key')).toBeNull();
  });

  test('a look-up that hangs is not shared by those who come much later', async () => {
    const scene = createScene();
    void scene.cache.get('key', () => new Promise(() => {}));
    scene.clock.nowMs = 900;
    scene.table.set('key', ada);
    expect(await scene.ask('key')).toBe(ada);
  });

  test('an older answer that comes last does not take the place of a newer one', async () => {
    const scene = createScene();
    let answer = (_found: object) => {};
    const old = scene.cache.get('key', () => new Promise((resolve) => (answer = resolve)));
    scene.clock.nowMs = 900;
    await scene.ask('key');
    answer(ada);
    await old;
    expect(scene.ask('key')).toBeNull();
  });

  test('a value in use is looked up again before it ends, so that nobody waits', async () => {
    const scene = createScene();
    scene.table.set('key', ada);
    await scene.ask('key');
    for (scene.clock.nowMs = 10; scene.clock.nowMs < 5000; scene.clock.nowMs += 10) {
      expect(scene.ask('key')).toBe(ada);
      // the look-up answers between two requests
      await Promise.resolve();
    }
    expect(scene.lookUps).toBeGreaterThan(5);
    expect(scene.lookUps).toBeLessThan(20);
  });

  test('what is not there is remembered too, for a shorter time', async () => {
    const scene = createScene();
    expect(await scene.ask('key')).toBeNull();
    scene.table.set('key', ada);
    expect(scene.ask('key')).toBeNull();
    scene.clock.nowMs = 300;
    expect(await scene.ask('key')).toBe(ada);
    expect(scene.lookUps).toBe(2);
  });

  test('holds no more than its bound', async () => {
    const scene = createScene({ entriesMax: 10 });
    for (let i = 0; i < 1000; i += 1) await scene.ask(`guess ${i}`);
    expect(scene.cache.size()).toBe(10);
  });

  test('a failure is told to those who asked, and not kept', async () => {
    const scene = createScene();
    const fail = () => Promise.reject(new Error('the database is down'));
    await expect(scene.cache.get('key', fail)).rejects.toThrow('down');
    scene.table.set('key', ada);
    expect(await scene.ask('key')).toBe(ada);
  });

  test('clear forgets what is known, and what is being looked up', async () => {
    const scene = createScene();
    scene.table.set('known', ada).set('asked for', ada);
    await scene.ask('known');
    const running = scene.ask('asked for');
    scene.cache.clear();
    scene.table.clear();
    await running;
    expect([await scene.ask('known'), await scene.ask('asked for')]).toEqual([null, null]);
  });
});

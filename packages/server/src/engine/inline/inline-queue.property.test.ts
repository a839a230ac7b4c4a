import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InlineQueue } from './inline-queue.ts';

const step = fc.oneof(
  fc.record({ do: fc.constant('add'), count: fc.integer({ min: 1, max: 9 }) }),
  fc.record({ do: fc.constant('turn'), addsMeanwhile: fc.nat(3) }),
);

test('every accepted item runs exactly once, in order, at most a batch a turn', () => {
  const sizes = fc.record({ batchSizeMax: fc.integer({ min: 1, max: 5 }), more: fc.nat(12) });
  fc.assert(
    fc.property(sizes, fc.array(step, { maxLength: 40 }), ({ batchSizeMax, more }, steps) => {
      const itemsMax = batchSizeMax + more;
      const accepted: number[] = [];
      const ran: number[] = [];
      let deferred: (() => void)[] = [];
      let offered = 0;
      let addsMeanwhile = 0;
      const queue = new InlineQueue<number>({
        batchSizeMax,
        itemsMax,
        defer: (run) => void deferred.push(run),
        runBatch(items) {
          expect(items.length).toBeGreaterThan(0);
          expect(items.length).toBeLessThanOrEqual(batchSizeMax);
          ran.push(...items);
          for (; addsMeanwhile > 0; addsMeanwhile -= 1) add();
        },
      });
      const add = () => {
        const before = queue.waiting;
        offered += 1;
        const isAccepted = queue.add(offered);
        expect(isAccepted, 'only a full queue refuses').toBe(before < itemsMax);
        if (isAccepted) accepted.push(offered);
      };
      const turn = () => {
        const runs = deferred;
        deferred = [];
        expect(runs.length, 'one run a turn, and none without items').toBe(queue.waiting > 0 ? 1 : 0);
        for (const run of runs) run();
      };
      for (const each of steps) {
        if ('count' in each) for (let i = 0; i < each.count; i += 1) add();
        else {
          addsMeanwhile = each.addsMeanwhile;
          turn();
        }
      }
      addsMeanwhile = 0;
      while (queue.waiting > 0) turn();
      expect(ran).toEqual(accepted);
    }),
    { numRuns: 1000 },
  );
});

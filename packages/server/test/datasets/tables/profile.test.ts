import { expect, test } from 'vitest';
import { openBench } from './support/table-bench.ts';

test('a profile tells what the values are, of few rows and of many', async () => {
  await using bench = await openBench();
  for (const rows of [1000, 30_000]) {
    const lines = Array.from(
      { length: rows },
      (_, i) =>
        `${i},${['a', 'b', 'b', '"c, d"'][i % 4]},${i % 10 === 0 ? '' : i % 7},2026-01-0${(i % 3) + 1},${i % 2 === 0}`,
    );
    const { profile } = await bench.importBytes(`id,label,n,day,even\n${lines.join('\n')}\n`, 'rows.csv');
    const [id, label, n, day, even] = profile;
    expect(id).toMatchObject({ type: 'integer', nulls: 0, min: 0, max: rows - 1, mean: (rows - 1) / 2 });
    expect(Math.abs(Number(id?.quantiles?.p50) - rows / 2)).toBeLessThan(rows / 50);
    expect(Math.abs(Number(id?.distinct) - rows)).toBeLessThan(rows / 10);
    expect(id?.histogram).toHaveLength(20);
    expect(id?.histogram?.reduce((sum, { count }) => sum + count, 0)).toBe(rows);
    expect(id?.histogram?.[0]).toMatchObject({ from: 0, count: rows / 20 });
    expect(id?.histogram?.at(-1)).toMatchObject({ to: rows - 1, count: rows / 20 });
    expect(label).toMatchObject({
      distinct: 3,
      min: 'a',
      max: 'c, d',
      mean: null,
      quantiles: null,
      histogram: null,
    });
    expect(label?.topValues).toEqual([
      { value: 'b', count: rows / 2 },
      { value: 'a', count: rows / 4 },
      { value: 'c, d', count: rows / 4 },
    ]);
    expect(n).toMatchObject({ nulls: rows / 10, distinct: 7, topValues: { length: 7 } });
    expect(typeof n?.topValues[0]?.value).toBe('number');
    expect(day).toMatchObject({
      type: 'date',
      min: '2026-01-01',
      max: '2026-01-03',
      quantiles: { p05: '2026-01-01', p95: '2026-01-03' },
    });
    expect(even?.topValues).toEqual([
      { value: false, count: rows / 2 },
      { value: true, count: rows / 2 },
    ]);
  }
}, 60_000);

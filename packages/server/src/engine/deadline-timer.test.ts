import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { DeadlineTimer } from './deadline-timer.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const item = (name: string, inMs: number) => ({ name, deadlineAt: performance.now() + inMs });

describe('DeadlineTimer', () => {
  test('calls each item at its deadline, whatever the order they came in', () => {
    const due: string[] = [];
    const timer = new DeadlineTimer<ReturnType<typeof item>>(({ name }) => due.push(name));
    for (const [name, ms] of [
      ['c', 300],
      ['a', 100],
      ['b', 200],
      ['b too', 200],
    ] as const)
      timer.add(item(name, ms));
    vi.advanceTimersByTime(99);
    expect(due).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(due).toEqual(['a']);
    vi.advanceTimersByTime(200);
    expect(due).toEqual(['a', 'b', 'b too', 'c']);
    expect(timer.size).toBe(0);
  });

  test('a removed item is not called, and no timer stays when nothing is open', () => {
    const due: string[] = [];
    const timer = new DeadlineTimer<ReturnType<typeof item>>(({ name }) => due.push(name));
    const met = item('met', 100);
    timer.add(met);
    timer.delete(met);
    vi.advanceTimersByTime(1000);
    expect(due).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('a thousand items need one timer', () => {
    const timer = new DeadlineTimer<ReturnType<typeof item>>(() => {});
    for (let i = 0; i < 1000; i += 1) timer.add(item('each', 30_000 + i));
    expect(vi.getTimerCount()).toBe(1);
  });

  test('deadlines further off than a timer can be set are kept', () => {
    const due: string[] = [];
    const timer = new DeadlineTimer<ReturnType<typeof item>>(({ name }) => due.push(name));
    timer.add(item('never', Number.POSITIVE_INFINITY));
    timer.add(item('in an hour', 3_600_000));
    vi.advanceTimersByTime(3_599_999);
    expect(due).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(due).toEqual(['in an hour']);
  });
});

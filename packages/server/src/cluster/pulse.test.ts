import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { pulseEveryMs, unansweredMax, watchPulse } from './pulse.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function watchProcess(answers: (asked: number) => boolean) {
  let asked = 0;
  let stuck = 0;
  const pulse = watchPulse({
    ask() {
      asked++;
      if (answers(asked)) pulse.onAnswer();
    },
    onStuck: () => void stuck++,
  });
  return { pulse, asked: () => asked, stuck: () => stuck };
}

test('a process that answers is left alone', () => {
  const watched = watchProcess(() => true);
  vi.advanceTimersByTime(1000 * pulseEveryMs);
  expect([watched.asked(), watched.stuck()]).toEqual([1000, 0]);
});

test('one that is slow to answer now and then is left alone', () => {
  const watched = watchProcess((asked) => asked % unansweredMax === 0);
  vi.advanceTimersByTime(1000 * pulseEveryMs);
  expect(watched.stuck()).toBe(0);
});

test('one that answers no more is told of, once', () => {
  const watched = watchProcess((asked) => asked <= 3);
  vi.advanceTimersByTime((3 + unansweredMax) * pulseEveryMs);
  expect(watched.stuck()).toBe(0);
  vi.advanceTimersByTime(pulseEveryMs);
  expect(watched.stuck()).toBe(1);
  vi.advanceTimersByTime(1000 * pulseEveryMs);
  expect([watched.asked(), watched.stuck()]).toEqual([3 + unansweredMax, 1]);
});

test('one that was asked late, as after the machine slept, has as much time as any other', () => {
  const watched = watchProcess(() => false);
  vi.setSystemTime(Date.now() + 3_600_000);
  vi.advanceTimersByTime(pulseEveryMs);
  expect(watched.stuck()).toBe(0);
});

test('nobody is asked any more once the watch has ended', () => {
  const watched = watchProcess(() => false);
  watched.pulse.stop();
  vi.advanceTimersByTime(1000 * pulseEveryMs);
  expect([watched.asked(), watched.stuck()]).toEqual([0, 0]);
});

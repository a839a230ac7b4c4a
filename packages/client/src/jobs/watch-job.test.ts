import type { Job } from '@oriel/schemas';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { failureOf } from '../../test/failure-of.ts';
import { setUpMockedServer } from '../../test/mocked-server.ts';
import type { ApiCalls } from '../api-calls.ts';
import { createClient } from '../create-client.ts';
import { hasErrorCode } from '../errors.ts';
import { ProblemError } from '../problem-error.ts';
import { makeJob, makeSucceededJob } from '../testing/index.ts';
import { toProblem } from '../testing/refusal.ts';
import { JobError } from './job-error.ts';
import { watchJob } from './watch-job.ts';

const { url, api } = setUpMockedServer();
const { jobs } = createClient({ url });

const running = makeJob({ revision: 3 });
const further = { ...running, revision: 4 };
const succeeded = makeSucceededJob(further);

async function revisionsOf(states: AsyncIterable<Job>): Promise<number[]> {
  const revisions: number[] = [];
  for await (const { revision } of states) revisions.push(revision);
  return revisions;
}

describe('watch', () => {
  test('tells each state once, and ends with the last', async () => {
    const asked: string[] = [];
    api.answerJobEvents((id) => {
      asked.push(id);
      return [running, running, further, succeeded, further];
    });
    expect(await revisionsOf(jobs.watch(running.id))).toEqual([3, 4, 5]);
    expect(asked).toEqual([running.id]);
  });

  test('asks again and again where no stream comes through, from where it was', async () => {
    api.answerJobEvents(() => [running]);
    const states = [further, succeeded];
    api.answer('jobs.get', () => states.shift() ?? succeeded);
    expect(await revisionsOf(jobs.watch(running.id))).toEqual([3, 4, 5]);
    expect(api.inputsOf('jobs.get')).toEqual([
      { id: running.id, revision: 3, waitS: 15 },
      { id: running.id, revision: 4, waitS: 15 },
    ]);
  });

  test('asks for the present state first when it knows none', async () => {
    api.answer('jobs.get', succeeded);
    expect(await revisionsOf(jobs.watch(running.id))).toEqual([5]);
    expect(api.inputsOf('jobs.get')).toEqual([{ id: running.id }]);
  });

  test('goes on when the server is away for a moment', async () => {
    api.answer('jobs.get', () => {
      api.refuse('jobs.get', { code: 'SERVER_STOPPING' });
      setTimeout(() => api.answer('jobs.get', succeeded), 200);
      return running;
    });
    expect(await revisionsOf(jobs.watch(running.id))).toEqual([3, 5]);
    expect(api.inputsOf('jobs.get').length).toBeGreaterThan(2);
  });

  test('fails with what the server says of a job that is not there', async () => {
    api.refuse('jobs.get', { code: 'NOT_FOUND' });
    expect(hasErrorCode(await failureOf(revisionsOf(jobs.watch(running.id))), 'NOT_FOUND')).toBe(true);
  });

  test('closes the stream when nobody listens any more', async () => {
    const { promise: closed, resolve } = Promise.withResolvers<string>();
    api.answerJobEvents(async function* () {
      try {
        for (let revision = 1; ; revision++) {
          yield { ...running, revision };
          await new Promise((after) => setTimeout(after, 5));
        }
      } finally {
        resolve('closed');
      }
    });
    for await (const { revision } of jobs.watch(running.id)) if (revision > 2) break;
    await expect(closed).resolves.toBe('closed');
  });

  test('fails with the reason when its signal is aborted, also while nothing happens', async () => {
    api.answerJobEvents(async function* () {
      yield running;
      await new Promise(() => undefined);
    });
    const controller = new AbortController();
    const states = jobs.watch(running.id, { signal: controller.signal });
    await states.next();
    const next = failureOf(states.next());
    controller.abort(new Error('enough'));
    expect(await next).toMatchObject({ message: 'enough' });
  });
});

describe('finished', () => {
  test('gives the job when it has succeeded, and each state on the way', async () => {
    api.answerJobEvents(() => [running, succeeded]);
    const states: string[] = [];
    const job = await jobs.finished(running.id, { onProgress: ({ state }) => states.push(state) });
    expect(job).toEqual(succeeded);
    expect(states).toEqual(['running', 'succeeded']);
  });

  test('throws what a job failed with', async () => {
    const error = { code: 'MODEL_NOT_FOUND' as const, message: 'There is no model "moths".' };
    api.answerJobEvents(() => [{ ...running, state: 'failed', error }]);
    const failure = await failureOf(jobs.finished(running.id));
    expect(failure).toBeInstanceOf(JobError);
    expect(failure).toMatchObject({ message: error.message, job: { id: running.id } });
    expect(hasErrorCode(failure, 'MODEL_NOT_FOUND')).toBe(true);
  });

  test('throws for a job that was cancelled', async () => {
    api.answerJobEvents(() => [{ ...running, state: 'cancelled' }]);
    await expect(jobs.finished(running.id)).rejects.toMatchObject({ name: 'JobError', code: null });
  });
});

describe('a stream through which nothing comes', () => {
  // what the typed client's link does is told by hand here, since it takes seconds
  interface Observer {
    onData(event: { id: string; data: Job }): void;
    onConnectionStateChange(change: { state: string; error: unknown }): void;
  }

  function createCalls() {
    const observers: Observer[] = [];
    const unsubscribe = vi.fn<() => void>();
    const get = vi.fn<() => Promise<Job>>(async () => succeeded);
    const subscribe = (_input: unknown, observer: Observer) => {
      observers.push(observer);
      return { unsubscribe };
    };
    // the calls that watching needs
    const calls = { jobs: { get: { query: get }, events: { subscribe } } } as unknown as ApiCalls;
    return { calls, observers, unsubscribe, get };
  }
  const pace = { patienceMs: 30, waitS: 1 };
  afterEach(() => void vi.useRealTimers());

  test('is left after a while', async () => {
    const { calls, unsubscribe, get } = createCalls();
    expect(await revisionsOf(watchJob(calls, running.id, pace))).toEqual([5]);
    expect(unsubscribe).toHaveBeenCalledOnce();
    expect(get).toHaveBeenCalledOnce();
  });

  test('is left when it breaks and does not come back', async () => {
    const { calls, observers } = createCalls();
    const states = watchJob(calls, running.id, pace);
    const first = states.next();
    observers[0]?.onConnectionStateChange({ state: 'pending', error: null });
    observers[0]?.onData({ id: '3', data: running });
    expect((await first).value?.revision).toBe(3);
    observers[0]?.onConnectionStateChange({ state: 'connecting', error: null });
    expect(await revisionsOf(states)).toEqual([5]);
  });

  test('is left when it breaks again and again', async () => {
    const { calls, observers } = createCalls();
    const states = revisionsOf(watchJob(calls, running.id, { ...pace, patienceMs: 60_000 }));
    for (let i = 0; i < 6; i++) {
      observers[0]?.onConnectionStateChange({ state: 'connecting', error: new Error('it broke') });
      observers[0]?.onConnectionStateChange({ state: 'pending', error: null });
    }
    expect(await states).toEqual([5]);
  });

  test('is left at once when the server refuses', async () => {
    const { calls, observers } = createCalls();
    const states = revisionsOf(watchJob(calls, running.id, { ...pace, patienceMs: 60_000 }));
    const error = new ProblemError({ status: 404, problem: toProblem({ code: 'NOT_FOUND' }, '/') });
    observers[0]?.onConnectionStateChange({ state: 'connecting', error });
    expect(await states).toEqual([5]);
  });

  test('is not made up for by a hail of requests, where none may wait', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { calls, get } = createCalls();
    get.mockResolvedValue(running);
    const controller = new AbortController();
    const watch = watchJob(calls, running.id, { patienceMs: 30, waitS: 0, signal: controller.signal });
    const states = failureOf(revisionsOf(watch));
    await vi.advanceTimersByTimeAsync(30 + 2500);
    expect(get).toHaveBeenCalledTimes(3);
    controller.abort(new Error('enough'));
    expect(await states).toMatchObject({ message: 'enough' });
  });

  test('is kept as long as it stands, however long nothing happens', async () => {
    const { calls, observers, get } = createCalls();
    const states = watchJob(calls, running.id, pace);
    const first = states.next();
    observers[0]?.onConnectionStateChange({ state: 'connecting', error: null });
    observers[0]?.onConnectionStateChange({ state: 'pending', error: null });
    await new Promise((resolve) => setTimeout(resolve, 90));
    observers[0]?.onData({ id: '5', data: succeeded });
    expect((await first).value?.revision).toBe(5);
    expect(get).not.toHaveBeenCalled();
  });
});

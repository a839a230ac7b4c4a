import { describe, expect, test, vi } from 'vitest';
import { AppError } from '../errors.ts';
import { createRecorder } from './recorder.ts';
import type { NewPrediction } from './repository.ts';
import type { Caller } from './service.ts';

const caller: Caller = {
  requestId: 'r1',
  door: 'rest',
  principal: { id: 'anonymous', name: 'anonymous', owner: 'anonymous' },
  startedAt: performance.now(),
  deadlineAt: performance.now() + 1000,
};
const answer = { version: '1', output: { y: 1 }, cached: false, batchSize: 4, queueMs: 1, computeMs: 2 };
const logger = { warn: () => undefined };

/** A table that can be taken down and put up again. */
function createTable() {
  const rows: NewPrediction[] = [];
  const table = {
    rows,
    isDown: false,
    insertMany: async (batch: readonly NewPrediction[]) => {
      if (table.isDown) throw new AppError('DATABASE_UNAVAILABLE', 'down');
      if (batch.some(({ model }) => model === 'bad')) throw new Error('invalid input syntax for type json');
      rows.push(...batch);
    },
  };
  return table;
}

describe('the recorder', () => {
  test('writes what was recorded, in order, when it is closed', async () => {
    const table = createTable();
    const recorder = createRecorder({ repository: table, logger });
    for (let x = 0; x < 600; x++) recorder.record(caller, { model: 'm', input: { x }, answer });
    await recorder.close();
    expect(table.rows.map(({ input }) => input)).toEqual(Array.from({ length: 600 }, (_, x) => `{"x":${x}}`));
    expect(table.rows[0]).toMatchObject({
      outcome: 'succeeded',
      batchSize: 4,
      requestId: 'r1',
      output: '{"y":1}',
    });
  });

  test('writes by itself after a moment', async () => {
    vi.useFakeTimers();
    const table = createTable();
    const recorder = createRecorder({ repository: table, logger, flushEveryMs: 50 });
    recorder.record(caller, { model: 'm', input: 1, answer });
    expect(table.rows).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(50);
    expect(table.rows).toHaveLength(1);
    vi.useRealTimers();
  });

  test('records a failure with its code', async () => {
    const table = createTable();
    const recorder = createRecorder({ repository: table, logger });
    recorder.record(caller, {
      model: 'm',
      version: undefined,
      input: 1,
      error: new AppError('DEADLINE_EXCEEDED', 'late'),
    });
    await recorder.close();
    expect(table.rows[0]).toMatchObject({
      outcome: 'failed',
      errorCode: 'DEADLINE_EXCEEDED',
      modelVersion: 'default',
    });
  });

  test('keeps records while the database is down and writes them once it is back', async () => {
    const table = createTable();
    table.isDown = true;
    const recorder = createRecorder({ repository: table, logger });
    recorder.record(caller, { model: 'm', input: 1, answer });
    await recorder.flush();
    expect(recorder.waitingCount()).toBe(1);
    table.isDown = false;
    await recorder.close();
    expect(table.rows).toHaveLength(1);
    expect(recorder.droppedCount()).toBe(0);
  });

  test('writes no faster than it may, however much waits', async () => {
    vi.useFakeTimers();
    const table = createTable();
    const recorder = createRecorder({ repository: table, logger, flushEveryMs: 100, rowsPerSecondMax: 50 });
    for (let x = 0; x < 100; x++) recorder.record(caller, { model: 'm', input: x, answer });
    await vi.advanceTimersByTimeAsync(1000);
    expect(table.rows.length).toBeGreaterThan(40);
    expect(table.rows.length).toBeLessThanOrEqual(50);
    vi.useRealTimers();
    await recorder.close();
    expect(table.rows).toHaveLength(100);
  });

  test('drops and counts what exceeds its buffer, and never throws', async () => {
    const table = createTable();
    table.isDown = true;
    const dropped: number[] = [];
    const recorder = createRecorder({
      repository: table,
      logger,
      bufferMax: 3,
      onDropped: (count) => dropped.push(count),
    });
    for (let x = 0; x < 5; x++) recorder.record(caller, { model: 'm', input: x, answer });
    expect(recorder.droppedCount()).toBe(2);
    await recorder.close();
    expect(recorder.droppedCount()).toBe(5);
    expect(dropped.reduce((sum, count) => sum + count)).toBe(5);
  });

  test('a row that the database refuses is lost alone', async () => {
    const table = createTable();
    const recorder = createRecorder({ repository: table, logger });
    for (let x = 0; x < 9; x++) recorder.record(caller, { model: x === 4 ? 'bad' : 'm', input: x, answer });
    await recorder.close();
    expect(table.rows.map(({ input }) => input)).toEqual(['0', '1', '2', '3', '5', '6', '7', '8']);
    expect(recorder.droppedCount()).toBe(1);
  });

  test('does not write a row twice when two flushes meet', async () => {
    const table = createTable();
    const recorder = createRecorder({ repository: table, logger });
    for (let x = 0; x < 10; x++) recorder.record(caller, { model: 'm', input: x, answer });
    await Promise.all([recorder.flush(), recorder.flush(), recorder.close()]);
    expect(table.rows).toHaveLength(10);
  });
});

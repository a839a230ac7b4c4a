import type { Dataset } from '@oriel/schemas';
import { expect, test } from 'vitest';
import { nextUploads, toItemError, type Upload, type UploadEvent } from './uploads.ts';

const after = (...events: UploadEvent[]): readonly Upload[] =>
  events.reduce<readonly Upload[]>(nextUploads, []);
const begun = (id: number): UploadEvent => ({ type: 'begun', id, name: `${id}.csv`, sizeBytes: 100 });

test('a file is being read once all of it is sent', () => {
  expect(after(begun(1), { type: 'sent', id: 1, sentBytes: 40 })).toMatchObject([{ state: 'sending' }]);
  expect(after(begun(1), { type: 'sent', id: 1, sentBytes: 100 })).toMatchObject([{ state: 'reading' }]);
});

test('the newest comes first, and each goes its own way', () => {
  // stands for a dataset; nothing here looks into it
  const dataset = { id: 'd' } as Dataset;
  const error = { code: 'DATASET_UNREADABLE', message: 'no' } as const;
  const uploads = after(
    begun(1),
    begun(2),
    { type: 'ready', id: 1, dataset },
    { type: 'failed', id: 2, error },
  );
  expect(uploads).toMatchObject([
    { id: 2, state: 'failed', error },
    { id: 1, state: 'ready', dataset, sentBytes: 100 },
  ]);
});

test('what was taken off the list stays off it', () => {
  expect(after(begun(1), { type: 'dismissed', id: 1 }, { type: 'sent', id: 1, sentBytes: 50 })).toEqual([]);
});

test('a stopped upload says that nothing was kept', () => {
  const error = new DOMException('aborted', 'AbortError');
  expect(toItemError(error)).toMatchObject({ message: expect.stringContaining('Nothing was kept') });
});

import { DatasetImportError, isAbort, problemOf } from '@oriel/client';
import type { Dataset, ItemError } from '@oriel/schemas';
import { explainError } from '../../lib/form-failure.ts';

/** A file on its way to the server, or what became of it. */
export interface Upload {
  readonly id: number;
  readonly name: string;
  readonly sizeBytes: number;
  readonly sentBytes: number;
  /** `reading`: the server has it, and finds out what is in it. */
  readonly state: 'sending' | 'reading' | 'ready' | 'failed';
  /** Why it failed. */
  readonly error: ItemError | null;
  /** What it became. */
  readonly dataset: Dataset | null;
}

export type UploadEvent =
  | { readonly type: 'begun'; readonly id: number; readonly name: string; readonly sizeBytes: number }
  | { readonly type: 'sent'; readonly id: number; readonly sentBytes: number }
  | { readonly type: 'ready'; readonly id: number; readonly dataset: Dataset }
  | { readonly type: 'failed'; readonly id: number; readonly error: ItemError }
  | { readonly type: 'dismissed'; readonly id: number };

/** The uploads after an event; those that were taken off the list stay off it. */
export function nextUploads(uploads: readonly Upload[], event: UploadEvent): readonly Upload[] {
  switch (event.type) {
    case 'begun': {
      const { id, name, sizeBytes } = event;
      return [
        { id, name, sizeBytes, sentBytes: 0, state: 'sending', error: null, dataset: null },
        ...uploads,
      ];
    }
    case 'sent':
      return change(uploads, event.id, ({ sizeBytes }) => ({
        sentBytes: event.sentBytes,
        state: event.sentBytes >= sizeBytes ? 'reading' : 'sending',
      }));
    case 'ready':
      return change(uploads, event.id, ({ sizeBytes }) => ({
        state: 'ready',
        dataset: event.dataset,
        sentBytes: sizeBytes,
      }));
    case 'failed':
      return change(uploads, event.id, () => ({ state: 'failed', error: event.error }));
    case 'dismissed':
      return uploads.filter(({ id }) => id !== event.id);
  }
}

function change(
  uploads: readonly Upload[],
  id: number,
  toChange: (upload: Upload) => Partial<Upload>,
): readonly Upload[] {
  return uploads.map((upload) => (upload.id === id ? { ...upload, ...toChange(upload) } : upload));
}

/** A failure as it is shown: what is wrong with the file, and where. */
export function toItemError(error: unknown): ItemError {
  if (isAbort(error)) return { code: 'UPLOAD_INCOMPLETE', message: 'You stopped it. Nothing was kept.' };
  if (error instanceof DatasetImportError) {
    const { code, message, issues } = error;
    return { code, message, issues: [...issues] };
  }
  const { code = 'INTERNAL', issues } = problemOf(error) ?? {};
  return { code, message: explainError(error), ...(issues && { issues }) };
}

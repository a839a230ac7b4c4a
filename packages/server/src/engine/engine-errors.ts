import { AppError } from '../errors.ts';
import { toInputError } from '../input-error.ts';
import type { ItemFailure, SliceFailure } from './worker/protocol.ts';

/** Every error a caller of the engine can get, with the words it gets. */

export function modelNotFound(model: string, known: readonly string[]): AppError {
  return new AppError(
    'MODEL_NOT_FOUND',
    `There is no model "${model}". Models: ${known.join(', ') || 'none'}.`,
  );
}

export function versionNotFound(model: string, version: string, known: readonly string[]): AppError {
  const versions = known.join(', ') || 'none';
  return new AppError(
    'MODEL_VERSION_NOT_FOUND',
    `The model "${model}" has no version "${version}". Versions: ${versions}.`,
  );
}

export function modelNotReady(name: string, reason: string, retryAfterS?: number): AppError {
  return new AppError('MODEL_NOT_READY', `The model ${name} is not ready: ${reason}`, {
    ...(retryAfterS !== undefined && { retryAfterS }),
  });
}

export function overloaded(model: string, waiting: number, retryAfterS: number): AppError {
  const message = `The model "${model}" has ${waiting} predictions waiting and takes no more now. Try again in ${retryAfterS} s.`;
  return new AppError('ENGINE_OVERLOADED', message, { retryAfterS });
}

export function deadlineExceeded(waitedMs: number): AppError {
  const message = `The prediction was not ready by its deadline, ${Math.round(waitedMs)} ms after it was asked for. Try again, or allow more time.`;
  return new AppError('DEADLINE_EXCEEDED', message);
}

export function requestCancelled(): AppError {
  return new AppError('REQUEST_CANCELLED', 'The caller cancelled the prediction before it was ready.');
}

export function serverStopping(): AppError {
  return new AppError(
    'SERVER_STOPPING',
    'The server is stopping and takes no new predictions. Try again in a moment.',
    {
      retryAfterS: 1,
    },
  );
}

export function workerCrashed(model: string, cause: unknown): AppError {
  const message = `This input twice made the thread that runs the model "${model}" end. Do not send the same input again.`;
  return new AppError('WORKER_CRASHED', message, { cause });
}

export function predictionFailed(model: string, cause: unknown): AppError {
  const message = `The model "${model}" could not answer this input. Other inputs are not affected; whoever runs the server finds the cause in its log.`;
  return new AppError('PREDICTION_FAILED', message, { cause });
}

/** What a worker thread said about one item, as the caller gets it. */
export function itemFailed(model: string, failure: ItemFailure): AppError {
  if (failure.kind === 'failed') {
    const cause = new Error(`${failure.stage}: ${failure.message}`);
    if (failure.stack !== undefined) cause.stack = failure.stack;
    return predictionFailed(model, cause);
  }
  const { path, message } = failure;
  return new AppError('INPUT_INVALID', `The input cannot be used: ${path.join('.') || 'input'} ${message}`, {
    issues: [{ path: [...path], rule: 'unusable', message }],
  });
}

/** The same of one row of a job, which nobody had validated before. */
export function rowFailed(model: string, failure: SliceFailure): AppError {
  return failure.kind === 'refused' ? toInputError(failure) : itemFailed(model, failure);
}

import type { AnyContract } from '@oriel/schemas';
import type { BulkAnswer, Engine } from '../engine/engine-types.ts';
import { AppError } from '../errors.ts';
import { toAppError } from '../to-app-error.ts';
import { type RowBatch, StreamEndedError } from './row-batch.ts';
import { toItemError } from './to-item-error.ts';

interface Needs {
  readonly engine: Pick<Engine, 'predictBulk'>;
  readonly onPredicted?: ((model: string, outcome: string, count?: number) => void) | undefined;
  readonly onComputed?: ((principalId: string, computeMs: number) => void) | undefined;
}

export interface StreamRequest {
  readonly contract: AnyContract;
  readonly version: string | undefined;
  readonly principalId: string;
  /** Rows as they come. @throws StreamEndedError, AppError */
  readonly batches: AsyncIterable<RowBatch>;
  /** Counts rows against the caller's limits. @throws AppError when there are too many */
  readonly countRows: (rows: number) => Promise<void>;
  readonly signal: AbortSignal;
  /** Told of what goes on, so that a stream that stands still can be told from one that is computed. */
  readonly watch: StreamWatch;
  /** Told why the stream ends early. */
  readonly onEnd: (error: AppError) => void;
}

export interface StreamWatch {
  /** Rows were read, or answers taken. */
  touch(): void;
  /** Some rows went to the engine, and came back. */
  begin(): void;
  end(): void;
}

/** What has been read and not been answered yet. */
type Answering = Promise<Answered>;
interface Answered {
  readonly text: string;
  /** Why nothing can be answered any more. */
  readonly end?: { readonly line: number; readonly error: AppError };
}

/** So many batches are on their way at a time: one is read while others are on the threads. */
const batchesMax = 3;

/** Predicts rows as they come. */
export function createStreamPredictor({ engine, onPredicted, onComputed }: Needs) {
  return { checkReady, predictStream };

  /** @throws AppError MODEL_VERSION_NOT_FOUND, MODEL_NOT_READY, SERVER_STOPPING */
  async function checkReady({
    contract,
    version,
  }: Pick<StreamRequest, 'contract' | 'version'>): Promise<void> {
    await engine.predictBulk({ model: contract.id, version, inputs: [] });
  }

  /**
   * The answers as lines of JSON, some at a time, in the order of the rows. Rows are read no faster than answers are
   * taken. Never throws: what ends the stream early is said in its last line.
   */
  async function* predictStream(request: StreamRequest): AsyncGenerator<string, void> {
    const answers: Answering[] = [];
    const rows = request.batches[Symbol.asyncIterator]();
    let reading: Promise<Reading> | null = read(rows);
    let line = 0;
    try {
      while (reading || answers.length > 0) {
        const step = await nextOf(answers.length < batchesMax ? reading : null, answers[0]);
        if (step.kind === 'answered') {
          void answers.shift();
          if (step.text !== '') yield step.text;
          request.watch.touch();
          if (!step.end) continue;
          request.onEnd(step.end.error);
          return yield endLine(step.end);
        } else if (step.kind === 'rows') {
          request.watch.touch();
          line = step.batch.lines.at(-1) ?? line;
          answers.push(answer(request, step.batch));
          reading = read(rows);
        } else {
          reading = null;
          if (step.error) answers.push(Promise.resolve({ text: '', end: toEnd(step.error, line + 1) }));
        }
      }
    } finally {
      const closed = rows.return?.();
      // rows that are waited for may never come: the answer does not wait for them
      if (reading) closed?.catch(() => undefined);
      else await closed;
    }
  }

  async function answer(request: StreamRequest, { inputs, lines }: RowBatch): Answering {
    request.watch.begin();
    try {
      await request.countRows(inputs.length);
      const answers = await predict(request, inputs);
      return { text: answers.map((each, index) => toLine(each, lines[index] ?? 0)).join('') };
    } catch (error) {
      return { text: '', end: toEnd(error, lines[0] ?? 0) };
    } finally {
      request.watch.end();
    }
  }

  /** What could not be read has its error for an answer. */
  async function predict(request: StreamRequest, inputs: readonly unknown[]): Promise<BulkAnswer[]> {
    const { contract, version, principalId, signal } = request;
    const readable = inputs.filter((input) => !(input instanceof AppError));
    const predicted = await engine.predictBulk({
      model: contract.id,
      version,
      inputs: readable,
      signal,
      onComputed: (computeMs) => onComputed?.(principalId, computeMs),
    });
    let next = 0;
    const answers = inputs.map((input) =>
      // one answer for each input that was given to the engine
      input instanceof AppError ? { ok: false as const, error: input } : (predicted[next++] as BulkAnswer),
    );
    count(contract.id, answers);
    return answers;
  }

  function count(model: string, answers: readonly BulkAnswer[]): void {
    const counts = new Map<string, number>();
    for (const answer of answers) {
      const outcome = answer.ok ? 'succeeded' : answer.error.code;
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    }
    for (const [outcome, total] of counts) onPredicted?.(model, outcome, total);
  }
}

type Reading =
  | { readonly kind: 'rows'; readonly batch: RowBatch }
  | { readonly kind: 'over'; readonly error: unknown };

async function read(rows: AsyncIterator<RowBatch>): Promise<Reading> {
  try {
    const { done, value } = await rows.next();
    return done ? { kind: 'over', error: null } : { kind: 'rows', batch: value };
  } catch (error) {
    return { kind: 'over', error };
  }
}

/** Whichever comes first: more rows, or the oldest answer. */
function nextOf(
  reading: Promise<Reading> | null,
  answering: Answering | undefined,
): Promise<Reading | ({ readonly kind: 'answered' } & Answered)> {
  const answered = answering?.then((answer) => ({ kind: 'answered' as const, ...answer }));
  return Promise.race([...(answered ? [answered] : []), ...(reading ? [reading] : [])]);
}

function toEnd(error: unknown, line: number): NonNullable<Answered['end']> {
  if (error instanceof StreamEndedError) return { line: error.line, error: error.reason };
  return { line, error: toAppError(error) };
}

function toLine(answer: BulkAnswer, line: number): string {
  if (answer.ok) return `{"ok":true,"output":${JSON.stringify(answer.output)}}\n`;
  return `${JSON.stringify({ ok: false, line, error: toItemError(answer.error) })}\n`;
}

/** Says that no more is answered, and from which line on. */
function endLine({ line, error }: NonNullable<Answered['end']>): string {
  return `${JSON.stringify({ ok: false, line, error: toItemError(error), ended: true })}\n`;
}

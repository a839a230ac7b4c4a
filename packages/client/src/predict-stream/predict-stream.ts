import { type ItemError, itemErrorSchema } from '@oriel/schemas';
import type { Connection } from '../connection.ts';
import { toQuery } from '../rest.ts';
import { type LineChunk, toLineChunks } from './input-lines.ts';
import { StreamError } from './stream-error.ts';

/** What came of one input, in the order of the inputs. */
export type PredictStreamItem<Output> =
  | { readonly ok: true; readonly output: Output }
  | {
      readonly ok: false;
      /** Which input it was, the first one being 1. */
      readonly line: number;
      readonly error: ItemError;
    };

export interface PredictStreamOptions {
  /** Of the model; the default one without it. */
  readonly version?: string;
  readonly signal?: AbortSignal;
}

export interface StreamRequest {
  /** Of the API, e.g. `/api/v1/models/penguins/predict-stream`. */
  readonly path: string;
  readonly chunks: AsyncGenerator<LineChunk, void>;
  readonly signal: AbortSignal;
}

/** A way to send lines and to read the lines that answer them. */
export interface StreamTransport {
  readonly chunk: { readonly charsMax: number; readonly linesMax: number };
  send(connection: Connection, request: StreamRequest): AsyncGenerator<unknown, void>;
}

/** Results as they come; whoever stops reading stops the server, and what the inputs come from. */
export async function* predictStream<Output>(
  { connection, transport }: { readonly connection: Connection; readonly transport: StreamTransport },
  modelId: string,
  inputs: AsyncIterable<unknown> | Iterable<unknown>,
  { version, signal }: PredictStreamOptions = {},
): AsyncGenerator<PredictStreamItem<Output>, void> {
  const stop = new AbortController();
  const source = watched(toLineChunks(inputs, transport.chunk));
  const request = {
    path: `/api/v1/models/${encodeURIComponent(modelId)}/predict-stream${toQuery({ version })}`,
    chunks: source.chunks,
    signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal,
  };
  let results = 0;
  try {
    for await (const item of transport.send(connection, request)) {
      checkGoesOn(item);
      results++;
      // the server has checked the output with the contract that this type is of
      yield item as PredictStreamItem<Output>;
    }
    if (results < source.lines()) throw endedEarly(results, source.lines());
  } catch (error) {
    signal?.throwIfAborted();
    // the cause, where what broke the request was what it read from
    throw source.failure() ?? toStreamError(error, results);
  } finally {
    stop.abort();
    source.close();
  }
}

/** @throws StreamError when it is the last line of a stream that the server ended early */
function checkGoesOn(item: unknown): void {
  if (typeof item !== 'object' || item === null || !('ended' in item) || item.ended !== true) return;
  const error = 'error' in item ? itemErrorSchema.safeParse(item.error).data : undefined;
  const line = 'line' in item && typeof item.line === 'number' ? { line: item.line } : {};
  throw new StreamError(error?.message ?? 'The server ended the stream.', {
    ...line,
    ...(error && { error }),
  });
}

/** Knows how many lines were sent, and why no more came. */
function watched(chunks: AsyncGenerator<LineChunk, void>) {
  let lines = 0;
  let failure: unknown;
  const passed = pass();
  return {
    chunks: passed,
    lines: () => lines,
    failure: () => failure,
    /** Ends what is read from, once it has given what it was asked for: a request that is aborted does not. */
    close: () => void passed.return().catch(() => undefined),
  };

  async function* pass(): AsyncGenerator<LineChunk, void> {
    try {
      for await (const chunk of chunks) {
        lines += chunk.lines;
        yield chunk;
      }
    } catch (error) {
      failure = error;
      throw error;
    }
  }
}

function endedEarly(results: number, lines: number): StreamError {
  return new StreamError(`The stream ended after ${results} results for ${lines} inputs.`);
}

/** What broke an answer on its way; a refusal says itself what it is. */
function toStreamError(error: unknown, results: number): unknown {
  const isBroken = error instanceof TypeError || error instanceof SyntaxError;
  return isBroken && results > 0
    ? new StreamError(`The connection broke after ${results} results.`, { cause: error })
    : error;
}

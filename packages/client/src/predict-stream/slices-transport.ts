import { callRest } from '../rest.ts';
import { untilAborted } from '../until-aborted.ts';
import type { StreamTransport } from './predict-stream.ts';
import { readResultLines } from './result-lines.ts';

/**
 * For browsers, which read an answer only when all has been sent: a request for each slice of the inputs, one after
 * another.
 */
export const slicesTransport: StreamTransport = {
  chunk: { charsMax: 256 * 1024, linesMax: 1000 },
  async *send(connection, { path, chunks, signal }) {
    let sentBefore = 0;
    for (;;) {
      // between two requests nothing else hears the signal
      const { done, value } = await untilAborted(chunks.next(), signal);
      if (done) return;
      const { text, lines } = value;
      const { body } = await callRest(connection, path, {
        method: 'POST',
        headers: { 'content-type': 'application/x-ndjson' },
        mediaTypes: ['application/x-ndjson'],
        body: text,
        signal,
      });
      if (body) for await (const item of readResultLines(body, signal)) yield withLine(item, sentBefore);
      sentBefore += lines;
    }
  },
};

/** The server counts the lines of a request, the caller those of all. */
function withLine(item: unknown, sentBefore: number): unknown {
  if (typeof item !== 'object' || item === null || !('line' in item) || typeof item.line !== 'number')
    return item;
  return { ...item, line: item.line + sentBefore };
}

import { callRest } from '../rest.ts';
import type { LineChunk } from './input-lines.ts';
import type { StreamTransport } from './predict-stream.ts';
import { readResultLines } from './result-lines.ts';

/** One request that is answered while it is sent. For Node.js, whose `fetch` gives the answer before the body's end. */
export const duplexTransport: StreamTransport = {
  chunk: { charsMax: 32 * 1024, linesMax: 1000 },
  async *send(connection, { path, chunks, signal }) {
    const { body } = await callRest(connection, path, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      mediaTypes: ['application/x-ndjson'],
      body: toByteStream(chunks),
      duplex: 'half',
      signal,
    });
    if (body) yield* readResultLines(body, signal);
  },
};

function toByteStream(chunks: AsyncGenerator<LineChunk, void>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await chunks.next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(value.text));
      },
      async cancel() {
        await chunks.return();
      },
    },
    { highWaterMark: 1 },
  );
}

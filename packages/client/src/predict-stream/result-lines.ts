import { untilAborted } from '../until-aborted.ts';

/**
 * The values of an NDJSON body, as they come.
 *
 * @param signal - of the request: in Node.js 22, a body that is aborted between its last byte and its end never ends
 * @throws SyntaxError when a line is not JSON
 */
export async function* readResultLines(
  body: ReadableStream<Uint8Array>,
  signal?: AbortSignal,
): AsyncGenerator<unknown, void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await untilAborted(reader.read(), signal);
      rest += done ? decoder.decode() : decoder.decode(value, { stream: true });
      const lines = rest.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line !== '') yield JSON.parse(line);
      if (done) break;
    }
    if (rest !== '') yield JSON.parse(rest);
  } finally {
    // also when nobody wants the rest: the server is told by the connection that closes
    await reader.cancel().catch(() => undefined);
  }
}

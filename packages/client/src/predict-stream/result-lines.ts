/**
 * The values of an NDJSON body, as they come.
 *
 * @throws SyntaxError when a line is not JSON
 */
export async function* readResultLines(body: ReadableStream<Uint8Array>): AsyncGenerator<unknown, void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
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

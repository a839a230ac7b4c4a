import { once } from 'node:events';
import { connect } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A connection that says exactly what a test wants, where an HTTP client would mend or refuse it. */
export async function openRaw(url: string) {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  let received = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    received += text;
  });
  // a server that hangs up on us is what some tests wait for
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  return {
    send: (text: string) => socket.write(text),
    /** All that the server has said so far. */
    received: () => received,
    /** What the server has said by the time it hangs up; null when it said nothing. */
    async readAll(): Promise<RawAnswer | null> {
      await closed;
      return received === '' ? null : toAnswer(received);
    },
    close() {
      socket.destroy();
    },
  };
}

function toAnswer(text: string): RawAnswer {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [status = '', ...lines] = head.split('\r\n');
  const headers = lines
    .map((line) => line.split(/:\s*/, 2))
    .map(([name = '', value = '']) => [name.toLowerCase(), value]);
  return {
    status: Number(status.split(' ')[1]),
    headers: Object.fromEntries(headers) as Record<string, string>,
    body: rest.join('\r\n\r\n'),
  };
}

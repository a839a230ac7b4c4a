import { bodyOf, type Payload } from './payload.ts';
import { noAnswer, RawConnection } from './raw-connection.ts';

export { noAnswer };

export interface OpenLoop {
  readonly url: string;
  readonly payload: Payload;
  /** Requests a second, sent whether or not those before are answered: callers do not wait for each other. */
  readonly rate: number;
  readonly seconds: number;
}

export interface Sent {
  readonly status: number;
  readonly ms: number;
  /** When it was answered, from the start of the load. */
  readonly atMs: number;
  readonly hasRetryAfter: boolean;
}

/** Sends at a fixed rate and waits for the last answer. Each request takes a connection that has none to answer. */
export async function sendAtRate({ url, payload, rate, seconds }: OpenLoop): Promise<readonly Sent[]> {
  const { hostname, port, pathname } = new URL(url);
  const head = `POST ${pathname} HTTP/1.1\r\nhost: ${hostname}:${port}\r\ncontent-type: ${payload.contentType}\r\n`;
  const idle: RawConnection[] = [];
  const all = new Set<RawConnection>();
  const sent: Sent[] = [];
  const ended = Promise.withResolvers<void>();
  const count = Math.floor(rate * seconds);
  const start = Math.floor(Math.random() * 10_000_000);
  const startedAt = performance.now();

  for (let number = 0; number < count; ) {
    // what a late timer left behind is sent at once, so that the rate holds
    const due = Math.min(count, ((performance.now() - startedAt) / 1000) * rate);
    for (; number < due; number++) sendOne(bodyOf(payload, start + number));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await ended.promise;
  for (const connection of all) connection.close();
  return sent;

  function sendOne(body: Buffer): void {
    const connection = takeConnection();
    const request = Buffer.concat([Buffer.from(`${head}content-length: ${body.length}\r\n\r\n`), body]);
    const sentAt = performance.now();
    connection.send(request, (status, hasRetryAfter) => {
      const now = performance.now();
      sent.push({ status, hasRetryAfter, ms: now - sentAt, atMs: now - startedAt });
      if (connection.isLost) all.delete(connection);
      else idle.push(connection);
      if (sent.length === count) ended.resolve();
    });
  }

  /** The one that was idle for longest: they are spread over the processes of a server, and so are the requests. */
  function takeConnection(): RawConnection {
    for (let found = idle.shift(); found; found = idle.shift()) if (!found.isLost) return found;
    const connection = new RawConnection(hostname, Number(port));
    all.add(connection);
    return connection;
  }
}

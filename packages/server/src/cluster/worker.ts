import { Socket } from 'node:net';
import type { Config } from '../config.ts';
import type { HandedConnections } from '../http/handed-connections.ts';
import type { MetricsText } from '../monitoring/metrics.ts';
import { serve } from '../serve.ts';
import { type PrimaryMessage, primaryMessageSchema, type WorkerMessage } from './messages.ts';

/** Connections of one process to the database: it is shared by all, and the embedded one does one thing at a time. */
const connectionsMax = 4;

/** Serves from a worker process until the primary says stop, or is gone. */
export async function runWorker(config: Config): Promise<void> {
  // signals reach every process of a terminal; the primary alone decides what they mean
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => undefined);
  const primary = connectToPrimary();
  try {
    const share = (whole: number) => Math.max(1, Math.round(whole / config.processes));
    const serving = await serve({
      config: {
        ...config,
        threads: share(config.threads),
        recordsPerSecondMax: share(config.recordsPerSecondMax),
      },
      connectionsMax,
      handed: primary.connections,
      clusterMetrics: primary.metrics,
      isWorker: true,
    });
    const stop = () => void serving.close().finally(() => process.exit(0));
    primary.onStop(stop);
    // without the primary there is no embedded database either
    process.once('disconnect', stop);
    primary.send({ type: 'oriel:serving', isReady: serving.isReady });
  } catch (error) {
    primary.send({ type: 'oriel:failed', message: error instanceof Error ? error.message : String(error) });
    process.exitCode = 1;
    process.disconnect?.();
  }
}

function connectToPrimary() {
  const wanted = new Map<number, (text: string) => void>();
  let nextId = 0;
  let isStopWanted = false;
  let stop: (() => void) | undefined;
  const counts = createCountReports((taken, ended) => send({ type: 'oriel:connections', taken, ended }));
  let url = '';
  let take = (connection: Socket): void => void connection.destroy();

  process.on('message', (raw, handle) => {
    const { data: message } = primaryMessageSchema.safeParse(raw);
    if (message?.type === 'oriel:connection') receiveConnection(handle);
    else if (message) receive(message);
  });

  return {
    send,
    onStop(callback: () => void) {
      stop = callback;
      if (isStopWanted) callback();
    },
    /** The sum over all processes, asked of the primary. */
    metrics: (): Promise<string> =>
      new Promise((resolve) => {
        const id = nextId++;
        wanted.set(id, resolve);
        send({ type: 'oriel:metrics-wanted', id });
      }),
    connections: {
      url: () => url,
      start(callback) {
        take = callback;
      },
    },
  } satisfies { metrics: MetricsText; connections: HandedConnections } & Record<string, unknown>;

  function receive(message: Exclude<PrimaryMessage, { type: 'oriel:connection' }>): void {
    if (message.type === 'oriel:stop') {
      isStopWanted = true;
      stop?.();
    } else if (message.type === 'oriel:listening') {
      url = message.url;
    } else if (message.type === 'oriel:alive-wanted') {
      send({ type: 'oriel:alive' });
    } else {
      wanted.get(message.id)?.(message.text);
      wanted.delete(message.id);
    }
  }

  function receiveConnection(handle: unknown): void {
    counts.onTaken();
    if (handle instanceof Socket) {
      handle.once('close', counts.onEnded);
      take(handle);
    } else {
      // it broke on its way
      counts.onEnded();
    }
  }

  function send(message: WorkerMessage): void {
    process.send?.(message);
  }
}

/** Counts, and tells after each turn of the event loop in which there was something to count. */
function createCountReports(tell: (taken: number, ended: number) => void) {
  let taken = 0;
  let ended = 0;
  let isTelling = false;
  const tellSoon = () => {
    if (isTelling) return;
    isTelling = true;
    setImmediate(() => {
      isTelling = false;
      tell(taken, ended);
      taken = 0;
      ended = 0;
    });
  };
  return {
    onTaken() {
      taken++;
      tellSoon();
    },
    onEnded() {
      ended++;
      tellSoon();
    },
  };
}

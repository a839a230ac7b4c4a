import type { Config } from '../config.ts';
import type { MetricsText } from '../monitoring/metrics.ts';
import { serve } from '../serve.ts';
import { type PrimaryMessage, primaryMessageSchema, type WorkerMessage } from './messages.ts';

/** Connections of one process to the database: it is shared by all, and the embedded one takes 40 in all. */
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
      clusterMetrics: primary.metrics,
      isWorker: true,
    });
    const stop = () => void serving.close().finally(() => process.exit(0));
    primary.onStop(stop);
    // without the primary there is no embedded database either
    process.once('disconnect', stop);
    primary.send({ type: 'oriel:serving', url: serving.url, isReady: serving.isReady });
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

  process.on('message', (raw) => {
    const { data: message } = primaryMessageSchema.safeParse(raw);
    if (message) receive(message);
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
  } satisfies { metrics: MetricsText } & Record<string, unknown>;

  function receive(message: PrimaryMessage): void {
    if (message.type === 'oriel:stop') {
      isStopWanted = true;
      stop?.();
    } else {
      wanted.get(message.id)?.(message.text);
      wanted.delete(message.id);
    }
  }

  function send(message: WorkerMessage): void {
    process.send?.(message);
  }
}

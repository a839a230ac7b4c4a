import type { Job } from '@oriel/schemas';
import type { ApiCalls } from '../api-calls.ts';
import { problemOf } from '../errors.ts';
import { createMailbox } from './mailbox.ts';

interface FollowOptions {
  /** How long a connection may take, and its first event, in milliseconds. */
  readonly patienceMs: number;
  readonly signal?: AbortSignal | undefined;
}

const waitingMax = 256;
/** How often a stream may break, one time after another, without an event. */
const breaksMax = 5;

/**
 * The events of a job, from a stream that opens itself again where it broke. It ends when the job has, and also,
 * without an error, when the stream does not work: when it is refused, or nothing comes through it in time, as where a
 * proxy keeps answers until they are whole. Whoever reads it asks for the job's state in another way then.
 */
export async function* followEvents(
  { jobs }: ApiCalls,
  id: string,
  { patienceMs, signal }: FollowOptions,
): AsyncGenerator<Job, void> {
  const mailbox = createMailbox<Job>(waitingMax);
  const patience = createPatience(patienceMs, mailbox.close);
  const onAbort = () => mailbox.close();
  signal?.addEventListener('abort', onAbort);
  patience.start();
  let breaks = 0;

  const subscription = jobs.events.subscribe(
    { id },
    {
      onData({ data }) {
        patience.stop();
        breaks = 0;
        mailbox.put(data);
      },
      onConnectionStateChange({ state, error }) {
        if (state === 'connecting') patience.start();
        // the server's greeting came through
        if (state === 'pending') patience.stop();
        if (error && (isRefusal(error) || ++breaks > breaksMax)) mailbox.close();
      },
      onError: mailbox.close,
      onComplete: mailbox.close,
    },
  );
  try {
    yield* mailbox;
  } finally {
    patience.stop();
    signal?.removeEventListener('abort', onAbort);
    subscription.unsubscribe();
  }
}

/** Whether the server said what will not be otherwise the next time: tRPC tries again whatever a stream fails with. */
function isRefusal(error: unknown): boolean {
  const problem = problemOf(error);
  return problem !== null && problem.status < 500;
}

/** Calls `onLost` when it was started and not stopped in time; starting it again does not prolong it. */
function createPatience(ms: number, onLost: () => void) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    start: () => {
      timer ??= setTimeout(onLost, ms);
    },
    stop: () => {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}

/** The one session that all clients of the embedded database share. */
export interface SharedSession {
  /**
   * Runs whole messages; gives the answer piece by piece. Rejects only when the database itself has broken.
   */
  run(bytes: Uint8Array, onAnswer: (answer: Uint8Array) => void): Promise<void>;
  isInTransaction(): boolean;
}

/** One client, known by identity. */
export interface SessionClient {
  answer(bytes: Uint8Array): void;
  /** Called when the client has kept the others waiting for too long; it must then leave. */
  onHeldTooLong(): void;
}

export interface Turn {
  readonly client: SessionClient;
  readonly bytes: Uint8Array;
  /** The client goes on with the same statement after this turn. */
  readonly isOpen: boolean;
}

interface Options {
  session: SharedSession;
  /** How long a client may hold the session, with a transaction open, and ask nothing. */
  holdIdleMsMax: number;
  /** The database broke: what it holds in memory is unknown, and nothing runs any more. */
  onBroken: (error: unknown) => void;
}

export type SessionTurns = ReturnType<typeof createSessionTurns>;

/** Sync, then Query ROLLBACK: closes whatever a client that has gone left open. Harmless when nothing is. */
const cleanUpMessages = Buffer.from('S\0\0\0\x04Q\0\0\0\x0dROLLBACK\0', 'latin1');

/**
 * Lets clients use one session in turn, first come first served. A client that has opened a transaction, or
 * is in the middle of a statement, holds the session until it ends that or leaves; the others wait.
 */
export function createSessionTurns({ session, holdIdleMsMax, onBroken }: Options) {
  let waiting: Turn[] = [];
  let holder: SessionClient | null = null;
  let isRunning = false;
  let running = Promise.resolve();
  let holdTimer: NodeJS.Timeout | undefined;
  const gone = new WeakSet<SessionClient>();

  return { take, leave, settled };

  /** Queues one turn. */
  function take(turn: Turn): void {
    waiting.push(turn);
    start();
  }

  /**
   * Drops what the client still waits for and, after the turn that may be running, undoes its open
   * transaction.
   */
  function leave(client: SessionClient): void {
    gone.add(client);
    waiting = waiting.filter((turn) => turn.client !== client);
    start();
  }

  /** Resolves when nothing runs, or nothing ever will. */
  async function settled(): Promise<void> {
    for (let seen = null; seen !== running; ) {
      seen = running;
      await seen;
    }
  }

  function start(): void {
    if (isRunning) return;
    isRunning = true;
    running = runTurns().catch(onBroken); // `isRunning` stays set then: a broken session is never used again
  }

  async function runTurns(): Promise<void> {
    clearTimeout(holdTimer);
    for (;;) {
      if (holder && gone.has(holder)) await cleanUp();
      const turn = nextTurn();
      if (!turn) break;
      await session.run(turn.bytes, (answer) => turn.client.answer(answer));
      holder = turn.isOpen || session.isInTransaction() ? turn.client : null;
    }
    isRunning = false;
    watchHolder(holder);
  }

  function nextTurn(): Turn | undefined {
    if (!holder) return waiting.shift();
    const index = waiting.findIndex((turn) => turn.client === holder);
    return index < 0 ? undefined : waiting.splice(index, 1)[0];
  }

  async function cleanUp(): Promise<void> {
    await session.run(cleanUpMessages, () => {});
    holder = null;
  }

  function watchHolder(client: SessionClient | null): void {
    if (!client) return;
    holdTimer = setTimeout(() => client.onHeldTooLong(), holdIdleMsMax);
    holdTimer.unref();
  }
}

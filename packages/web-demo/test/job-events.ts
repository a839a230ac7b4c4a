import { type Job, wireFormat } from '@oriel/schemas';

const none: readonly Job[] = [];
let told = none;
let isHeld = false;

/** What watchers of jobs are told by the mocked server; nothing comes through unless a test says so. */
export const jobEvents = {
  /** From now on, each watcher is told these, one after another. */
  tell(...jobs: readonly Job[]): void {
    told = jobs;
  },
  /** From now on, no stream opens: as where a proxy keeps an answer until it is whole. */
  hold(): void {
    isHeld = true;
  },
  reset(): void {
    told = none;
    isHeld = false;
  },
};

/**
 * Stands for an EventSource: happy-dom's streams cannot be left half way, as those of events are. Tells jobs as tRPC
 * writes them, the revision as the id of the event; or that there is no connection.
 */
export class TestEventSource extends EventTarget {
  readonly CLOSED = 2;
  readyState = 0;

  constructor() {
    super();
    setTimeout(() => this.#begin());
  }

  close(): void {
    this.readyState = this.CLOSED;
  }

  #begin(): void {
    if (isHeld) return;
    if (told.length === 0) {
      this.close();
      this.dispatchEvent(new Event('error'));
      return;
    }
    this.readyState = 1;
    this.dispatchEvent(new MessageEvent('connected', { data: '{}' }));
    for (const job of told) {
      const data = JSON.stringify(wireFormat.serialize(job));
      this.dispatchEvent(new MessageEvent('message', { data, lastEventId: String(job.revision) }));
    }
  }
}

import { setImmediate as nextTurn } from 'node:timers/promises';

/** The oldest first, so many at the most. */
type DeleteSome = (createdBefore: Date, most: number) => Promise<number>;

interface Needs {
  /** Each says how many it removed. */
  readonly deletePredictions: DeleteSome;
  readonly deleteAuditEvents: DeleteSome;
  /** Of API keys, on the days before one. */
  readonly deleteUsage: (before: Date) => Promise<number>;
  readonly deleteJobDetails: (endedBefore: Date) => Promise<number>;
  readonly deleteResults: (endedBefore: Date) => Promise<number>;
  readonly purgeDatasets: () => Promise<number>;
  readonly deleteIdempotencyKeys: () => Promise<number>;
  readonly collectGarbage: () => Promise<number>;
  /** Removes what killed processes left half written. */
  readonly sweep: () => Promise<void>;
  readonly predictionsKeptMs: number;
  /** 0: until somebody deletes them. */
  readonly resultsKeptMs: number;
  /** 0: for ever. */
  readonly auditKeptMs: number;
  readonly logger: {
    info(details: object, message: string): void;
    error(details: object, message: string): void;
  };
  readonly now?: () => number;
}

/** The chunks of a job that has ended are needed to try its failed rows again; its events, by those who watch late. */
const jobDetailsKeptMs = 7 * 24 * 3_600_000;
/** Only what was used today is asked for; the days before it are for whoever looks into the database. */
const usageKeptMs = 31 * 24 * 3_600_000;
/** At a time: a statement that removes millions of rows would keep the embedded database to itself. */
const rowsAtOnce = 5_000;

/** Removes what has had its time. Every step may be done twice, and none stops the others. */
export function createRetention(needs: Needs) {
  const { logger, now = Date.now } = needs;
  return { run };

  async function run(): Promise<void> {
    const removed = {
      predictions: await step('predictions', () =>
        deleteAll(needs.deletePredictions, before(needs.predictionsKeptMs)),
      ),
      auditEvents: await step('audit events', deleteAuditEvents),
      usage: await step('usage of keys', () => needs.deleteUsage(before(usageKeptMs))),
      jobDetails: await step('job details', () => needs.deleteJobDetails(before(jobDetailsKeptMs))),
      results: await step('results', deleteResults),
      datasets: await step('datasets', needs.purgeDatasets),
      idempotencyKeys: await step('idempotency keys', needs.deleteIdempotencyKeys),
      // last: what the others have removed leaves bytes behind that nothing refers to
      blobs: await step('blobs', needs.collectGarbage),
    };
    await step('half-written files', async () => {
      await needs.sweep();
      return 0;
    });
    if (Object.values(removed).some((count) => count !== 0))
      logger.info(removed, 'removed what had its time');
  }

  async function step(name: string, remove: () => Promise<number>): Promise<number> {
    try {
      return await remove();
    } catch (err) {
      logger.error({ err }, `old ${name} could not be removed; tried again in an hour`);
      return 0;
    }
  }

  async function deleteAll(deleteSome: DeleteSome, createdBefore: Date): Promise<number> {
    for (let total = 0; ; await nextTurn()) {
      const count = await deleteSome(createdBefore, rowsAtOnce);
      total += count;
      if (count < rowsAtOnce) return total;
    }
  }

  async function deleteAuditEvents(): Promise<number> {
    return needs.auditKeptMs === 0 ? 0 : deleteAll(needs.deleteAuditEvents, before(needs.auditKeptMs));
  }

  async function deleteResults(): Promise<number> {
    return needs.resultsKeptMs === 0 ? 0 : needs.deleteResults(before(needs.resultsKeptMs));
  }

  function before(ms: number): Date {
    return new Date(now() - ms);
  }
}

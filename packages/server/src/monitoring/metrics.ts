import cluster from 'node:cluster';
import { AggregatorRegistry, Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Engine, EngineObserver } from '../engine/engine-types.ts';

/** Gives metrics in Prometheus' text format. */
export type MetricsText = () => Promise<string>;

interface Sources {
  readonly engineStats: () => ReturnType<Engine['stats']>;
  readonly recordsWaiting: () => number;
}

const seconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export type Metrics = ReturnType<typeof createMetrics>;

/** Everything `/metrics` shows. Names and units follow Prometheus' conventions: base units, `_total` for counters. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  // where there are several processes, the primary asks each for these and sums them
  AggregatorRegistry.setRegistries(registry);
  if (cluster.isWorker) new AggregatorRegistry();
  // with the event loop's delay as nodejs_eventloop_lag_p99_seconds
  collectDefaultMetrics({ register: registry });

  const requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the arrival of a request to its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: seconds,
    registers,
  });
  const predictions = new Counter({
    name: 'oriel_predictions_total',
    help: 'Predictions by outcome: `succeeded` or the code of the error.',
    labelNames: ['model', 'outcome'],
    registers,
  });
  const batchSize = new Histogram({
    name: 'oriel_batch_size',
    help: 'Inputs computed together.',
    labelNames: ['model'],
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
    registers,
  });
  const queueSeconds = new Histogram({
    name: 'oriel_queue_seconds',
    help: 'Time the oldest input of a batch waited for a free thread.',
    labelNames: ['model'],
    buckets: seconds,
    registers,
  });
  const computeSeconds = new Histogram({
    name: 'oriel_compute_seconds',
    help: 'Time a batch took on its thread: preprocessing, the model, postprocessing.',
    labelNames: ['model'],
    buckets: seconds,
    registers,
  });
  const sliceSeconds = new Histogram({
    name: 'oriel_slice_seconds',
    help: 'Time a part of a job, or of a stream, took on its thread.',
    labelNames: ['model'],
    buckets: seconds,
    registers,
  });
  const cacheLookups = new Counter({
    name: 'oriel_cache_lookups_total',
    help: 'Look-ups in the prediction cache.',
    labelNames: ['model', 'result'],
    registers,
  });
  const threadExits = new Counter({
    name: 'oriel_thread_exits_total',
    help: 'Worker threads that ended and were replaced.',
    registers,
  });
  const demotions = new Counter({
    name: 'oriel_micro_model_demotions_total',
    help: 'Micro models that were too slow for the event loop and run on the threads since.',
    labelNames: ['model'],
    registers,
  });
  const recordsDropped = new Counter({
    name: 'oriel_records_dropped_total',
    help: 'Predictions that were answered but could not be recorded.',
    registers,
  });
  const limitStoreFailures = new Counter({
    name: 'oriel_limit_store_failures_total',
    help: 'Times that rate limits or quotas could not be asked of their store; requests went on.',
    registers,
  });

  const jobRows = new Counter({
    name: 'oriel_job_rows_total',
    help: 'Rows that jobs have done, by whether they have a result.',
    labelNames: ['kind', 'outcome'],
    registers,
  });
  const jobErrors = new Counter({
    name: 'oriel_job_errors_total',
    help: 'Jobs that failed, by the code of the error.',
    labelNames: ['kind', 'code'],
    registers,
  });

  const observer: EngineObserver = {
    onBatch({ model, size, queueMs, computeMs }) {
      batchSize.observe({ model }, size);
      queueSeconds.observe({ model }, queueMs / 1000);
      computeSeconds.observe({ model }, computeMs / 1000);
    },
    onSlice: ({ model, computeMs }) => sliceSeconds.observe({ model }, computeMs / 1000),
    onThreadExit: () => threadExits.inc(),
    onMicroModelDemoted: ({ model }) => demotions.inc({ model }),
    onCache: ({ model, hit }) => cacheLookups.inc({ model, result: hit ? 'hit' : 'miss' }),
  };

  return {
    observer,
    /** @param outcome - `succeeded` or the code of the error */
    onPredicted: (model: string, outcome: string, count = 1) => predictions.inc({ model, outcome }, count),
    onJobRows(kind: string, rows: number, failed: number): void {
      jobRows.inc({ kind, outcome: 'succeeded' }, rows - failed);
      if (failed > 0) jobRows.inc({ kind, outcome: 'failed' }, failed);
    },
    onJobError: (kind: string, code: string) => jobErrors.inc({ kind, code }),
    observeJobs,
    onRecordsDropped: (count: number) => recordsDropped.inc(count),
    onLimitStoreFailure: () => limitStoreFailures.inc(),
    onRequest: ({
      method,
      route,
      status,
      seconds,
    }: {
      method: string;
      route: string;
      status: number;
      seconds: number;
    }) => requests.observe({ method, route, status: String(status) }, seconds),
    observeGauges,
    /** The metrics in Prometheus' text format. */
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };

  /** Gauges are read from their sources when somebody looks. */
  function observeGauges({ engineStats, recordsWaiting }: Sources): void {
    gauge('oriel_queue_items', 'Inputs waiting for a thread.', () => engineStats().queued);
    gauge('oriel_bulk_inputs', 'Inputs of jobs and streams in the engine.', () => engineStats().bulkInputs);
    gauge('oriel_running_batches', 'Batches being computed.', () => engineStats().batchesRunning);
    gauge('oriel_records_waiting', 'Predictions not yet written to the database.', recordsWaiting);
  }

  /** Every process would tell the same, and their sum be wrong: the metrics of one process are told, whichever it is. */
  function observeJobs(countByState: () => Promise<Readonly<Record<string, number>>>): void {
    new Gauge({
      name: 'oriel_jobs',
      help: 'Jobs that have not ended, over all processes.',
      labelNames: ['state'],
      aggregator: 'first',
      registers,
      async collect() {
        this.reset();
        // the metrics of everything else are there, also while the database is away
        const counts = await countByState().catch(() => ({}));
        for (const [state, count] of Object.entries(counts)) this.set({ state }, count);
      },
    });
  }

  function gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  }
}

import {
  type ListPredictionsInput,
  type PredictionPage,
  type PredictionRecord,
  predictionRecordSchema,
} from '@oriel/schemas';
import type { Pool } from 'pg';
import type { Reach } from '../auth/principal.ts';
import { unlessDown } from '../db/unless-down.ts';
import type { PrismaClient } from '../generated/prisma/client.ts';

/** One row to insert; `input` and `output` are JSON text. */
export interface NewPrediction {
  readonly id: string;
  readonly createdAt: Date;
  readonly requestId: string;
  readonly model: string;
  readonly modelVersion: string;
  readonly outcome: 'succeeded' | 'failed';
  readonly errorCode: string | null;
  readonly caller: string;
  readonly owner: string;
  readonly door: string;
  readonly cached: boolean;
  readonly batchSize: number;
  readonly queueMs: number;
  readonly computeMs: number;
  readonly totalMs: number;
  readonly input: string | null;
  readonly output: string | null;
  readonly truncated: boolean;
}

export interface PredictionRepository {
  /** @throws AppError DATABASE_UNAVAILABLE; another error when a row is at fault, and then none is written */
  insertMany(rows: readonly NewPrediction[]): Promise<void>;
  /**
   * Newest first.
   *
   * @param reach - every query is scoped by it
   * @throws AppError DATABASE_UNAVAILABLE
   */
  list(reach: Reach, query: ListPredictionsInput): Promise<PredictionPage>;
}

interface Needs {
  readonly prisma: Pick<PrismaClient, 'prediction'>;
  readonly pool: Pick<Pool, 'query'>;
  ping(): Promise<void>;
}

type Column = readonly [name: string, type: string, value: (row: NewPrediction) => unknown];

/** One statement inserts any number of rows: an array for each column. */
const columns: readonly Column[] = [
  ['id', 'uuid', (row) => row.id],
  ['created_at', 'timestamptz', (row) => row.createdAt],
  ['request_id', 'text', (row) => row.requestId],
  ['model', 'text', (row) => row.model],
  ['model_version', 'text', (row) => row.modelVersion],
  ['outcome', 'text', (row) => row.outcome],
  ['error_code', 'text', (row) => row.errorCode],
  ['caller', 'text', (row) => row.caller],
  ['owner', 'text', (row) => row.owner],
  ['door', 'text', (row) => row.door],
  ['cached', 'boolean', (row) => row.cached],
  ['batch_size', 'integer', (row) => row.batchSize],
  ['queue_ms', 'double precision', (row) => row.queueMs],
  ['compute_ms', 'double precision', (row) => row.computeMs],
  ['total_ms', 'double precision', (row) => row.totalMs],
  ['input', 'jsonb', (row) => row.input],
  ['output', 'jsonb', (row) => row.output],
  ['truncated', 'boolean', (row) => row.truncated],
];

const names = columns.map(([name]) => name).join(', ');
const insertManySql = `
  INSERT INTO prediction (${names})
  SELECT ${columns.map(([name]) => (name === 'outcome' ? 'outcome::prediction_outcome' : name)).join(', ')}
  FROM unnest(${columns.map(([, type], i) => `$${i + 1}::${type}[]`).join(', ')}) AS row(${names})
  ON CONFLICT (id) DO NOTHING`;

export function createPredictionRepository({ prisma, pool, ping }: Needs): PredictionRepository {
  return {
    // Prisma's createMany holds the event loop for long; unnest leaves the work to the database
    async insertMany(rows) {
      const values = columns.map(([, , value]) => rows.map(value));
      await unlessDown(ping, () => pool.query(insertManySql, values));
    },

    async list(reach, { model, outcome, from, to, limit, cursor }) {
      const find = () =>
        prisma.prediction.findMany({
          where: {
            ...(reach.kind === 'own' && { owner: reach.owner }),
            ...(model !== undefined && { model }),
            ...(outcome !== undefined && { outcome }),
            ...((from ?? to) !== undefined && {
              createdAt: { ...(from && { gte: from }), ...(to && { lt: to }) },
            }),
            ...(cursor !== undefined && { id: { lt: cursor } }),
          },
          orderBy: { id: 'desc' },
          take: limit + 1,
        });
      const rows = await unlessDown(ping, find);
      const items = rows.slice(0, limit).map(toRecord);
      return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
    },
  };
}

type Row = Awaited<ReturnType<PrismaClient['prediction']['findMany']>>[number];

function toRecord({ owner: _owner, createdAt, queueMs, computeMs, totalMs, ...row }: Row): PredictionRecord {
  return predictionRecordSchema.parse({
    ...row,
    createdAt: createdAt.toISOString(),
    timing: { queueMs, computeMs, totalMs },
  });
}

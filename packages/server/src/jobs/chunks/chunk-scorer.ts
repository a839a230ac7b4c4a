import type { AnyContract, ItemError } from '@oriel/schemas';
import { columnsOfMapping, createRowMapper, type RowMapper } from '../../datasets/map-row.ts';
import type { Splice } from '../../datasets/table/splice-parquet.ts';
import type { RawRow, Table, Tables } from '../../datasets/table/table.ts';
import { forEachYielding } from '../../datasets/yielding.ts';
import type { BulkAnswer, Engine, EngineObserver } from '../../engine/engine-types.ts';
import type { AppError } from '../../errors.ts';
import type { Blob } from '../../storage/blob-storage.ts';
import type { DoneChunk } from '../job-runner.ts';
import type { OutputColumns } from '../output-columns.ts';
import { inputColumn, type PredictInput } from '../predict-input.ts';
import type { ChunkRange } from './chunk-ranges.ts';
import type { ChunkThreads } from './chunk-threads.ts';

/** All that the chunks of one run have in common. */
export interface Scoring {
  readonly input: PredictInput;
  readonly contract: AnyContract;
  readonly table: Table;
  /** Of each chunk. */
  readonly ranges: readonly ChunkRange[];
  readonly outputs: OutputColumns;
  /** By index: where earlier results of a chunk are. */
  readonly earlier: ReadonlyMap<number, string>;
  readonly signal: AbortSignal;
}

interface Needs {
  readonly tables: Pick<Tables, 'open' | 'write' | 'writeWith'>;
  readonly engine: Pick<Engine, 'predictBulk' | 'findMicroFile'>;
  readonly threads: Pick<ChunkThreads, 'threads' | 'begin' | 'run'>;
  /** Told of the time that a job took on the threads. */
  readonly onComputed?: (principalId: string, computeMs: number) => void;
  readonly observer: Pick<EngineObserver, 'onSlice'>;
  readonly logger: { warn(fields: object, message: string): void };
}

type ScoredChunk = Omit<DoneChunk, 'index'>;

export type ChunkScorer = ReturnType<typeof createChunkScorer>;

/**
 * Scores chunks of a job, in one of two ways. Rows of a micro model stay on a thread of their own from file to file: there
 * is so little to compute that handing them about would cost more. All others go through the engine, which knows what is
 * asked of it at the same time; so does what a thread could not do, row by row if need be.
 */
export function createChunkScorer({ tables, engine, threads, onComputed, observer, logger }: Needs) {
  // one chunk more than threads: what was scored is stored, and told, while the next is at work
  return { chunksAtOnce: threads.threads + 1, begin, open, splice };

  /** Makes ready for so many rows, while their table is opened, where they are scored on threads. */
  function begin({ model, modelVersion, mapping, chunkRows }: PredictInput, rows: number): void {
    if (mapping && engine.findMicroFile(model, modelVersion)) threads.begin(Math.ceil(rows / chunkRows));
  }

  /** @returns what scores a chunk. @throws AppError INPUT_INVALID when the mapping does not fit */
  function open(scoring: Scoring): (index: number) => Promise<ScoredChunk> {
    const { contract, table, input } = scoring;
    const mapRow = input.mapping ? createRowMapper(contract, table.columns, input.mapping) : inputOfRow;
    return async (index) =>
      (await scoreOnThread(scoring, index)) ?? scoreThroughEngine(scoring, mapRow, index);
  }

  /** On a thread of jobs. @returns null where what the chunks became is to be joined otherwise */
  async function splice(files: Splice, signal: AbortSignal): Promise<Blob | null> {
    try {
      return (await threads.run({ kind: 'splice', ...files }, signal)).blob;
    } catch (error) {
      signal.throwIfAborted();
      logger.warn({ err: error }, 'results are joined by reading them');
      return null;
    }
  }

  /** @returns null where that is not the way, or did not go well */
  async function scoreOnThread(scoring: Scoring, index: number): Promise<ScoredChunk | null> {
    const { table, signal, input } = scoring;
    const { model, modelVersion: version, mapping, chargedTo } = input;
    const file = engine.findMicroFile(model, version);
    if (!file || !mapping || scoring.earlier.has(index) || hasImages(table, mapping)) return null;
    const { path, columns } = table;
    const task = { kind: 'score' as const, file, path, columns, mapping, ...rangeOf(scoring, index) };
    try {
      const { blob, rows, rowsFailed, computeMs } = await tables.writeWith(({ folder, path: to }) =>
        threads.run({ ...task, folder, to }, signal),
      );
      onComputed?.(chargedTo, computeMs);
      observer.onSlice?.({ model, version, size: rows, failed: rowsFailed, computeMs });
      return { sha256: blob?.sha256 ?? null, rows, rowsFailed };
    } catch (error) {
      signal.throwIfAborted();
      logger.warn({ err: error, model, version, chunk: index }, 'rows are scored anew through the engine');
      return null;
    }
  }

  async function scoreThroughEngine(
    scoring: Scoring,
    mapRow: RowMapper,
    index: number,
  ): Promise<ScoredChunk> {
    const { outputs } = scoring;
    const { offset, limit: rows } = rangeOf(scoring, index);
    const results = await readEarlier(scoring, index);
    const places = results.length === rows ? failedPlaces(results, outputs) : [...Array(rows).keys()];
    let rowsFailed = 0;
    for await (const piece of inputsOf(scoring, mapRow, { offset, places })) {
      const answers = await predict(scoring, piece);
      await forEachYielding(answers, (answer, at) => {
        if (!answer.ok) rowsFailed += 1;
        results[piece[at]?.place ?? 0] = answer.ok
          ? outputs.toRow(answer.output)
          : outputs.toFailedRow(toItemError(answer.error));
      });
    }
    const { sha256 } = await tables.write(outputs.columns, results);
    return { sha256, rows, rowsFailed };
  }

  function predict(
    { input, signal }: Scoring,
    piece: readonly PlacedInput[],
  ): Promise<readonly BulkAnswer[]> {
    return engine.predictBulk({
      model: input.model,
      version: input.modelVersion,
      inputs: piece.map(({ value }) => value),
      signal,
      onComputed: (computeMs) => onComputed?.(input.chargedTo, computeMs),
    });
  }

  async function readEarlier(scoring: Scoring, index: number): Promise<RawRow[]> {
    const sha256 = scoring.earlier.get(index);
    if (sha256 === undefined) return [];
    await using table = await tables.open(sha256);
    // awaited here: the table closes when this function ends
    return await table.readRange({ offset: 0, limit: rangeOf(scoring, index).limit });
  }
}

/** An input of a model, and the place in its chunk that it has. */
interface PlacedInput {
  readonly place: number;
  readonly value: unknown;
}

interface Wanted {
  /** Where the chunk begins. */
  readonly offset: number;
  /** In it, from the first to the last. */
  readonly places: readonly number[];
}

/** Some rows of a chunk as inputs, as many at a time as can be held in memory. */
async function* inputsOf(
  { table, input }: Scoring,
  mapRow: RowMapper,
  { offset, places }: Wanted,
): AsyncGenerator<readonly PlacedInput[], void> {
  const [start, last] = [places[0], places.at(-1)];
  if (start === undefined || last === undefined) return;
  const isWanted = new Set(places);
  const columns = input.mapping ? columnsOfMapping(input.mapping) : [inputColumn];
  let place = start;
  for await (const rows of table.readPieces({ offset: offset + start, limit: last + 1 - start, columns })) {
    const piece: PlacedInput[] = [];
    await forEachYielding(rows, (row) => {
      if (isWanted.has(place)) piece.push({ place, value: mapRow(row) });
      place += 1;
    });
    if (piece.length > 0) yield piece;
  }
}

function rangeOf({ ranges }: Scoring, index: number): ChunkRange {
  // only chunks that there are, are scored
  return ranges[index] as ChunkRange;
}

function hasImages({ columns }: Table, mapping: Readonly<Record<string, string>>): boolean {
  const mapped = new Set(Object.values(mapping));
  return columns.some(({ name, type }) => type === 'image' && mapped.has(name));
}

function inputOfRow(row: RawRow): Record<string, unknown> {
  // written by us, of inputs that were objects: anything else is left for the contract to refuse
  return row[inputColumn] as Record<string, unknown>;
}

function failedPlaces(results: readonly RawRow[], { errorColumn }: OutputColumns): number[] {
  return [...results.keys()].filter((place) => results[place]?.[errorColumn] !== null);
}

function toItemError({ code, message }: AppError): ItemError {
  return { code, message };
}

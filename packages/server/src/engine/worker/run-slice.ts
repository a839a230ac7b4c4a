import { quickParse } from '@oriel/schemas';
import { type Packed, pack, unpack } from './packed-values.ts';
import type { SliceFailure, SliceReply } from './protocol.ts';
import { type LoadedVersion, runBatch } from './run-batch.ts';

interface SchemaError {
  readonly issues: readonly {
    readonly path: readonly PropertyKey[];
    readonly code?: string | undefined;
    readonly message: string;
  }[];
}

/** As many as an error names. */
const issuesMax = 100;

/** Predicts a part of a job that came from another thread. */
export async function runSlice(version: LoadedVersion, packed: Packed): Promise<SliceReply> {
  const startedAt = performance.now();
  const { outputs, failures } = await predictRows(version, unpack(packed));
  return { outputs: pack(outputs), failures, computeMs: performance.now() - startedAt };
}

interface PredictedRows {
  /** Of the inputs that were answered, in their order: those that failed have no place in it. */
  readonly outputs: readonly unknown[];
  /** In the order of the inputs. */
  readonly failures: readonly SliceFailure[];
}

/**
 * Predicts a part of a job, batch by batch. Inputs come as they travel: each is validated here, where the time is the
 * job's own, and answered, refused or failed on its own.
 */
export async function predictRows(
  version: LoadedVersion,
  inputs: ArrayLike<unknown>,
): Promise<PredictedRows> {
  const { valid, places, failures } = validate(version, inputs);
  const outputs: unknown[] = [];
  const { batchSizeMax } = version.pipeline.batching;
  for (let start = 0; start < valid.length; start += batchSizeMax) {
    const batch = await runBatch(version, valid.slice(start, start + batchSizeMax));
    // each failure's index is one of this batch
    for (const failure of batch.failures)
      failures.push({ ...failure, index: places[start + failure.index] as number });
    const failed = new Set(batch.failures.map(({ index }) => index));
    batch.outputs.forEach((output, index) => {
      if (!failed.has(index)) outputs.push(output);
    });
  }
  failures.sort((a, b) => a.index - b.index);
  return { outputs, failures };
}

/** @returns the inputs that the contract allows, their places in the slice, and what it refuses */
function validate({ contract }: LoadedVersion, inputs: ArrayLike<unknown>) {
  const valid: unknown[] = [];
  const places: number[] = [];
  const failures: SliceFailure[] = [];
  for (let index = 0; index < inputs.length; index += 1) {
    const parsed = quickParse(contract.input, inputs[index]);
    if (parsed.success) {
      valid.push(parsed.data);
      places.push(index);
    } else failures.push(toRefusal(index, parsed.error));
  }
  return { valid, places, failures };
}

/** In plain values: zod's own issues hold the value, and may hold what cannot be cloned. */
function toRefusal(index: number, { issues }: SchemaError): SliceFailure {
  const told = issues.slice(0, issuesMax).map(({ path, code, message }) => ({
    path: path.map((key) => (typeof key === 'symbol' ? String(key) : key)),
    code,
    message,
  }));
  return { index, kind: 'refused', issues: told, issueCount: issues.length };
}

import type { ColumnProfile } from '@oriel/schemas';
import { resolveSchema, type Schema } from '../../lib/json-schema.ts';

/** Most different values that make a chart one can read. */
export const classesMax = 30;
const classTypes: readonly ColumnProfile['type'][] = ['text', 'boolean', 'integer'];

/**
 * The column of results that tells best what was predicted: the first output with few different values, else the first
 * that is a number; null where there is nothing to draw.
 *
 * @param output - the model's contract of its output
 */
export function findPredictedColumn(columns: readonly ColumnProfile[], output: Schema): ColumnProfile | null {
  const { schema } = resolveSchema(output, output);
  const named = Object.keys(schema.properties ?? {});
  const outputs = named.flatMap((name) => findOutput(columns, name) ?? []);
  const hasClasses = ({ type, distinct }: ColumnProfile) =>
    classTypes.includes(type) && distinct > 0 && distinct <= classesMax;
  return outputs.find(hasClasses) ?? outputs.find(({ histogram }) => histogram !== null) ?? null;
}

/** An output whose name the dataset has already is called `predicted_<name>` in results, or with a number more. */
function findOutput(columns: readonly ColumnProfile[], name: string): ColumnProfile | undefined {
  const isRenamed = (other: string) =>
    other.startsWith(`predicted_${name}`) && /^(_\d+)?$/.test(other.slice(`predicted_${name}`.length));
  return (
    columns.findLast((column) => isRenamed(column.name)) ?? columns.find((column) => column.name === name)
  );
}

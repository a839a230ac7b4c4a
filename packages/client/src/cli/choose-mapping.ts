import type { ColumnMapping, Dataset } from '@oriel/schemas';
import type { NodeClient } from '../node/node-client.ts';
import { say, type Terminal, UsageError } from './terminal.ts';
import { safeText, toTable } from './words.ts';

interface MappingRequest {
  readonly dataset: Dataset;
  readonly model: string;
  /** What `--map` said; it wins over what the server proposes. */
  readonly said: ColumnMapping;
}

/**
 * Which column fills which field: as proposed by the server, but for what the caller said. It is shown.
 *
 * @throws UsageError when a field or a column is not there, or nothing fills a field that must be filled
 */
export async function chooseMapping(
  client: NodeClient,
  { dataset, model, said }: MappingRequest,
  terminal: Terminal,
): Promise<ColumnMapping> {
  const { id, latest } = dataset;
  const { version } = latest;
  const proposed = await client.datasets.mapping.query({ id, version, model }, { signal: terminal.signal });
  const names = proposed.fields.map(({ field }) => field);
  const columns = latest.columns.map(({ name }) => name);
  for (const [field, column] of Object.entries(said)) {
    checkKnown(field, names, `${model} has no field`);
    checkKnown(column, columns, 'The file has no column');
  }

  const mapping = { ...proposed.mapping, ...said };
  const lines = proposed.fields.map(({ field, reason, isRequired }) => {
    const column = mapping[field];
    const why = field in said ? 'As you said.' : reason;
    return [
      `  ${field}${isRequired ? ' *' : ''}`,
      '<-',
      column === undefined ? '(nothing)' : safeText(column),
      safeText(why),
    ];
  });
  say(terminal, `Fields of ${model} (* must be filled) and the columns that fill them:\n${toTable(lines)}`);

  const open = proposed.fields.filter(({ field, isRequired }) => isRequired && mapping[field] === undefined);
  if (open.length === 0) return mapping;
  const options = open.map(({ field }) => `--map ${field}=<column>`).join(' ');
  throw new UsageError(
    `Say which columns fill these fields: ${options}\nThe columns are: ${columns.map(safeText).join(', ')}.`,
  );
}

function checkKnown(name: string, known: readonly string[], what: string): void {
  if (known.includes(name)) return;
  throw new UsageError(`${what} "${name}", which --map names. There are: ${known.map(safeText).join(', ')}.`);
}

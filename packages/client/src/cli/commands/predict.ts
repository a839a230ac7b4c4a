import type { Dataset, Job } from '@oriel/schemas';
import type { NodeClient } from '../../node/node-client.ts';
import { sendAgain } from '../../send-again.ts';
import { commonOptions, readArguments, required, wholeNumber } from '../arguments.ts';
import { followJob } from '../follow-job.ts';
import { standardStream } from '../formats.ts';
import { openClient } from '../open-client.ts';
import { checkOutput, type OutputFile, writeOutput } from '../output-file.ts';
import { findRows, type Rows, readRowsValues, rowsHelp, rowsOptions, toJobInput } from '../rows-job.ts';
import { exitCodes, say, type Terminal, UsageError } from '../terminal.ts';
import { countInWords, durationInWords, inWords, sizeInWords } from '../words.ts';
import { type Command, commonHelp } from './command.ts';

const help = `Usage: oriel predict --model <id> --input <file> --output <file> [options]

Predicts every row of a file: uploads it, runs a job over it on the server, and fetches the results. Ctrl-C cancels
the job. A row that fails has its reason in the columns error_code and error_message; the others have their results.

${rowsHelp}
  -o, --output <file>          where the results go, whole or not at all; - for standard output
      --format <format>        csv, ndjson or parquet; by the output's name without it
      --results-only           without the columns of the input
      --priority <n>           from -10 to 10: jobs of a higher one come first
      --discard                removes what was uploaded, and the results, from the server in the end
${commonHelp}

Exit codes: 0 done, also where single rows failed; 1 failed; 2 wrong usage; 130 stopped by Ctrl-C.

Example:
  oriel predict --model penguins --input rows.csv --output out.parquet --map bodyMassG=weight`;

const options = {
  ...commonOptions,
  ...rowsOptions,
  output: { type: 'string', short: 'o' },
  format: { type: 'string' },
  'results-only': { type: 'boolean' },
  priority: { type: 'string' },
  discard: { type: 'boolean' },
} as const;

export const predictCommand: Command = {
  summary: 'predicts every row of a file, and writes a file of results',
  help,
  async run(args, terminal) {
    const { values } = readArguments(args, { options });
    const rows = readRowsValues(values);
    const output = await checkOutput(required(values.output, '--output'), values.format);
    if (values.json && output.path === standardStream)
      throw new UsageError('--json and --output - cannot both have standard output.');
    const priority = wholeNumber(values.priority, '--priority', { min: -10, max: 10 });

    const client = openClient(values, terminal);
    const settings = {
      keepColumns: values['results-only'] !== true,
      ...(priority !== undefined && { priority }),
    };
    // what is there by then, however far it comes: results stay where nobody else has them
    const left: string[] = [];
    const keep = values.discard === true ? ({ id }: Dataset) => void left.push(id) : undefined;
    try {
      const dataset = await findRows(client, rows, terminal, keep);
      const job = await predictRows(client, { dataset, rows, output, settings }, terminal);
      if (values.discard === true && job.resultsId !== null) left.push(job.resultsId);
      if (values.json) terminal.stdout.write(`${JSON.stringify(job)}\n`);
    } catch (error) {
      await discard(client, left).catch(() => say(terminal, `Dataset ${left[0]} could not be removed.`));
      throw error;
    }
    await discard(client, left);
    return exitCodes.done;
  },
};

/** How long the server may take to remove datasets. */
const discardMsMax = 15_000;

async function discard(client: NodeClient, ids: readonly string[]): Promise<void> {
  const signal = AbortSignal.timeout(discardMsMax);
  for (const id of ids) await client.datasets.delete.mutate({ id }, { signal });
}

interface PredictRequest {
  readonly dataset: Dataset;
  readonly rows: Rows;
  readonly output: OutputFile;
  readonly settings: { readonly keepColumns: boolean; readonly priority?: number };
}

async function predictRows(
  client: NodeClient,
  { dataset, rows, output, settings }: PredictRequest,
  terminal: Terminal,
): Promise<Job> {
  const input = { ...(await toJobInput(client, dataset, rows, terminal)), ...settings };
  terminal.signal.throwIfAborted();
  const created = await sendAgain(() => client.jobs.predictDataset.mutate(input), terminal);
  const job = await followJob(client, created, { label: 'Predicting', cancels: true }, terminal);
  if (job.resultsId === null) throw new Error(`The job ${job.id} has no results.`);
  const bytes = await writeOutput(client, job.resultsId, output, terminal).catch((error: unknown) => {
    say(terminal, `The results are on the server: dataset ${job.resultsId}.`);
    throw error;
  });
  report(job, { output, bytes }, terminal);
  return job;
}

function report(
  { progress, startedAt, finishedAt }: Job,
  { output, bytes }: { output: OutputFile; bytes: number | null },
  terminal: Terminal,
): void {
  const seconds = (Date.parse(finishedAt ?? '') - Date.parse(startedAt ?? '')) / 1000;
  const rate =
    seconds > 0 ? ` in ${durationInWords(seconds)} (${inWords(progress.rowsDone / seconds)} rows/s)` : '';
  const failed = progress.rowsFailed > 0 ? `, ${inWords(progress.rowsFailed)} of them failed` : '';
  const file = bytes === null ? '' : ` -> ${output.path} (${sizeInWords(bytes)})`;
  say(terminal, `${countInWords(progress.rowsDone, 'row')}${rate}${failed}${file}`);
}

import { type CheckSummary, checkSummarySchema } from '@oriel/schemas';
import { sendAgain } from '../../send-again.ts';
import { commonOptions, readArguments } from '../arguments.ts';
import { followJob } from '../follow-job.ts';
import { standardStream } from '../formats.ts';
import { openClient } from '../open-client.ts';
import { checkOutput, writeOutput } from '../output-file.ts';
import { findRows, readRowsValues, rowsHelp, rowsOptions, toJobInput } from '../rows-job.ts';
import { exitCodes, say, UsageError } from '../terminal.ts';
import { countInWords, inWords, safeText, sizeInWords, toTable } from '../words.ts';
import { type Command, commonHelp } from './command.ts';

const help = `Usage: oriel check --model <id> --input <file> [--output <report>] [options]

Says which rows of a file a model would refuse, and why, without predicting any. The report has a line for each
refused field: its row, the field, the rule and the value.

${rowsHelp}
  -o, --output <file>          where the report goes; - for standard output
      --format <format>        of the report: csv, ndjson or parquet; by the output's name without it
${commonHelp}

Exit codes: 0 all rows are good; 3 some are not; 1 failed; 2 wrong usage; 130 stopped by Ctrl-C.

Example:
  oriel check --model penguins --input rows.csv --output report.csv`;

const options = {
  ...commonOptions,
  ...rowsOptions,
  output: { type: 'string', short: 'o' },
  format: { type: 'string' },
} as const;

const causesShownMax = 20;

export const checkCommand: Command = {
  summary: 'says which rows of a file a model would refuse, and why',
  help,
  async run(args, terminal) {
    const { values } = readArguments(args, { options });
    const rows = readRowsValues(values);
    const output = values.output === undefined ? null : await checkOutput(values.output, values.format);
    if (values.json && output?.path === standardStream)
      throw new UsageError('--json and --output - cannot both have standard output.');

    const client = openClient(values, terminal);
    const dataset = await findRows(client, rows, terminal);
    const input = await toJobInput(client, dataset, rows, terminal);
    terminal.signal.throwIfAborted();
    const created = await sendAgain(() => client.jobs.checkDataset.mutate(input), terminal);
    const job = await followJob(client, created, { label: 'Checking', cancels: true }, terminal);
    const { rowsDone, rowsFailed } = job.progress;
    say(terminal, `${inWords(rowsFailed)} of ${inWords(rowsDone)} rows would be refused.`);
    const { causes } = checkSummarySchema.safeParse(job.summary).data ?? { causes: [] };
    if (causes.length > 0) say(terminal, toTable(causes.slice(0, causesShownMax).map(toLine)));
    if (output && job.resultsId !== null) {
      const bytes = await writeOutput(client, job.resultsId, output, terminal);
      if (bytes !== null) say(terminal, `The report is in ${output.path} (${sizeInWords(bytes)}).`);
    }
    if (values.json) terminal.stdout.write(`${JSON.stringify(job)}\n`);
    return rowsFailed > 0 ? exitCodes.rowsFailed : exitCodes.done;
  },
};

function toLine({ rows, field, message, firstRow }: CheckSummary['causes'][number]): string[] {
  return [`  ${countInWords(rows, 'row')}`, safeText(field), safeText(message), `first in row ${firstRow}`];
}

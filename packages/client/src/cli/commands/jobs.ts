import { type Job, jobStateSchema } from '@oriel/schemas';
import { commonOptions, oneOf, readArguments, wholeNumber } from '../arguments.ts';
import { openClient } from '../open-client.ts';
import { exitCodes, say } from '../terminal.ts';
import { inWords, safeText, toTable } from '../words.ts';
import { type Command, commonHelp } from './command.ts';

const help = `Usage: oriel jobs [options]

Lists jobs, newest first.

      --state <state>          only those that are ${jobStateSchema.options.join(', ')}
      --limit <n>              at most so many; 20 without it
${commonHelp}`;

const options = { ...commonOptions, state: { type: 'string' }, limit: { type: 'string' } } as const;

export const jobsCommand: Command = {
  summary: 'lists jobs',
  help,
  async run(args, terminal) {
    const { values } = readArguments(args, { options });
    const state = oneOf(values.state, '--state', jobStateSchema.options);
    const limit = wholeNumber(values.limit, '--limit', { min: 1, max: 200 }) ?? 20;
    const client = openClient(values, terminal);
    const { items } = await client.jobs.list.query(
      { limit, ...(state && { state }) },
      { signal: terminal.signal },
    );
    if (values.json) terminal.stdout.write(items.map((job) => `${JSON.stringify(job)}\n`).join(''));
    else if (items.length === 0) say(terminal, 'There are no jobs.');
    else
      terminal.stdout.write(
        `${toTable([['ID', 'STATE', 'ROWS', 'STARTED', 'TITLE'], ...items.map(toRow)])}\n`,
      );
    return exitCodes.done;
  },
};

function toRow(job: Job): string[] {
  const { id, state, startedAt, title } = job;
  return [id, state, rowsOf(job), startedAt ?? '', safeText(title)];
}

function rowsOf({ kind, progress: { rowsDone, rowsTotal }, summary }: Job): string {
  if (kind === 'dataset.import') return rowsRead(summary);
  return rowsTotal === null ? inWords(rowsDone) : `${inWords(rowsDone)}/${inWords(rowsTotal)}`;
}

/** A file is read as a whole: how many rows it has is known in the end. */
function rowsRead(summary: Job['summary']): string {
  const isKnown = typeof summary === 'object' && summary !== null && 'rows' in summary;
  return isKnown && typeof summary.rows === 'number' ? inWords(summary.rows) : '-';
}

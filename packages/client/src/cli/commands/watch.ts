import type { Job } from '@oriel/schemas';
import { JobError } from '../../jobs/job-error.ts';
import { commonOptions, readArguments } from '../arguments.ts';
import { followJob } from '../follow-job.ts';
import { openClient } from '../open-client.ts';
import { exitCodes, say } from '../terminal.ts';
import { safeText } from '../words.ts';
import { type Command, commonHelp } from './command.ts';

const help = `Usage: oriel watch <job id> [options]

Shows how far a job is until it ends. Ctrl-C ends the watching; the job goes on.
${commonHelp}

Exit codes: 0 it succeeded; 1 it failed or was cancelled; 2 wrong usage; 130 stopped by Ctrl-C.`;

export const watchCommand: Command = {
  summary: 'shows how far a job is until it ends',
  help,
  async run(args, terminal) {
    const { values, positionals } = readArguments(args, { options: commonOptions, names: ['job id'] });
    const [id = ''] = positionals;
    const client = openClient(values, terminal);
    const found = await client.jobs.get.query({ id }, { signal: terminal.signal });
    say(terminal, safeText(found.title));
    const print = (job: Job) => values.json && terminal.stdout.write(`${JSON.stringify(job)}\n`);
    try {
      const job = await followJob(client, found, { label: 'Rows', cancels: false }, terminal);
      if (!print(job))
        say(terminal, `Succeeded.${job.resultsId === null ? '' : ` Results: dataset ${job.resultsId}`}`);
      return exitCodes.done;
    } catch (error) {
      // how it ended is what was asked for, also where it failed
      if (error instanceof JobError) print(error.job);
      throw error;
    }
  },
};

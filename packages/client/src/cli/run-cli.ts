import { findUrl } from './arguments.ts';
import { checkCommand } from './commands/check.ts';
import type { Command } from './commands/command.ts';
import { jobsCommand } from './commands/jobs.ts';
import { predictCommand } from './commands/predict.ts';
import { uploadCommand } from './commands/upload.ts';
import { watchCommand } from './commands/watch.ts';
import { describeError } from './describe-error.ts';
import { serverUrl } from './open-client.ts';
import { exitCodes, say, type Terminal, UsageError } from './terminal.ts';
import { toTable } from './words.ts';

const commands: Readonly<Record<string, Command>> = {
  predict: predictCommand,
  check: checkCommand,
  upload: uploadCommand,
  jobs: jobsCommand,
  watch: watchCommand,
};

const summaries = Object.entries(commands).map(([name, { summary }]) => [`  oriel ${name}`, summary]);
const help = `Works with the models and datasets of an Oriel server.

${toTable(summaries)}

oriel <command> --help says more. The server is at ORIEL_URL or --url, http://localhost:3000 without both; who calls
is said by ORIEL_API_KEY.`;

/** @returns the exit code: never throws */
export async function runCli(args: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    terminal.stdout.write(`${help}\n`);
    return name === undefined ? exitCodes.wrongUsage : exitCodes.done;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) {
    say(terminal, `There is no command "${name}". There are: ${Object.keys(commands).join(', ')}.`);
    return exitCodes.wrongUsage;
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    terminal.stdout.write(`${command.help}\n`);
    return exitCodes.done;
  }
  try {
    return await command.run(rest, terminal);
  } catch (error) {
    return toExitCode(error, { name, rest }, terminal);
  }
}

function toExitCode(
  error: unknown,
  { name, rest }: { name: string; rest: readonly string[] },
  terminal: Terminal,
): number {
  if (terminal.signal.aborted) {
    say(terminal, 'Stopped.');
    return exitCodes.interrupted;
  }
  if (error instanceof UsageError) {
    say(terminal, `${error.message}\noriel ${name} --help says more.`);
    return exitCodes.wrongUsage;
  }
  say(terminal, describeError(error, serverUrl(findUrl(rest), terminal)));
  return exitCodes.failed;
}

#!/usr/bin/env node
import process from 'node:process';
import { runCli } from './run-cli.ts';
import { exitCodes } from './terminal.ts';

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // who asks twice does not want to wait for the server
    if (interruption.signal.aborted) process.exit(130);
    interruption.abort(new Error(`Stopped by ${signal}.`));
  });
}
// what reads our output may have had enough of it, as `head` does: what was begun is put away as after Ctrl-C
let isOutputLost = false;
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (!isOutputLost && error.code !== 'EPIPE') process.stderr.write(`${error.message}\n`);
  isOutputLost = true;
  interruption.abort(error);
});

const { argv, env, stdin, stdout, stderr } = process;
const exitCode = await runCli(argv.slice(2), { env, stdin, stdout, stderr, signal: interruption.signal });
// what was written is out, wherever it goes
for (const stream of [stdout, stderr]) await new Promise((written) => stream.write('', written));
process.exitCode = isOutputLost ? exitCodes.failed : exitCode;
// connections that are kept for a next request would hold the process for some seconds
process.exit();

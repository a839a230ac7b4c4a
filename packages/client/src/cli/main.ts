#!/usr/bin/env node
import process from 'node:process';
import { runCli } from './run-cli.ts';

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // who asks twice does not want to wait for the server
    if (interruption.signal.aborted) process.exit(130);
    interruption.abort(new Error(`Stopped by ${signal}.`));
  });
}
// what reads our output may have had enough of it, as `head` does
process.stdout.on('error', () => process.exit(1));

const { argv, env, stdin, stdout, stderr } = process;
process.exitCode = await runCli(argv.slice(2), { env, stdin, stdout, stderr, signal: interruption.signal });
// what was written is out, wherever it goes
for (const stream of [stdout, stderr]) await new Promise((written) => stream.write('', written));
// connections that are kept for a next request would hold the process for some seconds
process.exit();

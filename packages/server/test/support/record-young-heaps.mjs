// Loaded into a server process with --import: each of its threads writes down, ten times a second, how much memory the
// part of its heap for young objects takes.
import { appendFileSync } from 'node:fs';
import process from 'node:process';
import { getHeapSpaceStatistics } from 'node:v8';
import { threadId } from 'node:worker_threads';

const file = process.env.RECORD_YOUNG_HEAPS_TO;

setInterval(() => {
  const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
  appendFileSync(file, `${process.pid}/${threadId} ${young.physical_space_size}\n`);
}, 100).unref();

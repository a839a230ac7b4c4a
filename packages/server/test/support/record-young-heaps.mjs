// Loaded into a server process with --import: each of its threads writes down, ten times a second, how many bytes the
// part of its heap for young objects takes, and how many MiB it may take.
import { appendFileSync } from 'node:fs';
import process from 'node:process';
import { getHeapSpaceStatistics } from 'node:v8';
import { resourceLimits, threadId } from 'node:worker_threads';

const file = process.env.RECORD_YOUNG_HEAPS_TO;

setInterval(() => {
  const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
  const limitMb = resourceLimits.maxYoungGenerationSizeMb ?? 'any';
  appendFileSync(file, `${process.pid}/${threadId} ${young.physical_space_size} ${limitMb}\n`);
}, 100).unref();

// Loaded into a server process with --import: writes down which modules its main threads and their other
// threads load.
import cluster from 'node:cluster';
import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import process from 'node:process';
import { isMainThread } from 'node:worker_threads';

const file = process.env.RECORD_MODULES_TO;
const mainRole = cluster.isWorker ? 'worker' : 'primary';
const role = isMainThread ? mainRole : 'thread';

registerHooks({
  load(url, context, nextLoad) {
    if (url.startsWith('file:')) appendFileSync(file, `${role} ${url}\n`);
    return nextLoad(url, context);
  },
});

import { isMainThread } from 'node:worker_threads';

export { pipeline } from '../echo/pipeline.ts';

// a module that ends its thread when it is imported, as a native library that cannot start may do
if (!isMainThread) process.exit(5);

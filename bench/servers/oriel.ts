// Oriel with models of the benchmarks, all else as `npm start` has it. MODELS names those to serve.
import { createApp } from '../../packages/server/src/app.ts';
import { readConfig } from '../../packages/server/src/config.ts';
import { createLogger } from '../../packages/server/src/logger.ts';
import { benchModelsFolder } from '../models/location.ts';
import * as contracts from '../models/registry.ts';

const wanted = process.env.MODELS?.split(',') ?? Object.keys(contracts);
const config = readConfig(process.env);
const app = await createApp({
  config,
  logger: createLogger(config, process.stdout.isTTY),
  registry: new URL('registry.ts', benchModelsFolder),
  contracts: Object.fromEntries(Object.entries(contracts).filter(([name]) => wanted.includes(name))),
  modelsFolder: benchModelsFolder,
  webFolder: new URL('../../packages/web-demo/dist/', import.meta.url),
});
process.once('SIGTERM', () => void app.close().finally(() => process.exit(0)));
await app.listen();
await app.ready;

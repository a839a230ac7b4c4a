// What `npm start` starts, with the models of the benchmarks in the place of Oriel's own. MODELS names those to serve.
import { registerHooks } from 'node:module';
import { benchModelsFolder } from '../models/location.ts';

const models = process.env.MODELS?.split(',') ?? ['pixels', 'mobilenet', 'photo', 'encoder'];
const contracts = models.map(
  (name) => `export { ${name} } from '${new URL(`${name}/contract.ts`, benchModelsFolder).href}';`,
);

/** The modules the server takes its models from, written anew. */
const substitutes: Readonly<Record<string, string>> = {
  '@oriel/models': contracts.join(''),
  '@oriel/models/location': `export const modelsFolder = new URL('${benchModelsFolder.href}');`,
};

registerHooks({
  resolve(specifier, context, resolveNext) {
    const source = substitutes[specifier];
    if (source === undefined) return resolveNext(specifier, context);
    return {
      url: `data:text/javascript,${encodeURIComponent(source)}`,
      format: 'module',
      shortCircuit: true,
    };
  },
});
await import('../../packages/server/src/main.ts');

import { type LabelledBird, readPenguins } from '../../training/data/penguins.ts';
import { type Answer, accuracy, calibrationError, confusionTable, percent } from '../../training/metrics.ts';
import { createRandom } from '../../training/random.ts';
import { openModel, runPipeline } from '../../training/run-pipeline.ts';
import { openRuntime, type Runtime } from '../../training/runtime.ts';
import { stratifiedFolds } from '../../training/split.ts';
import { speciesNames } from '../contract.ts';
import { pipeline } from '../pipeline.ts';
import { splitBirds, trainPenguins } from './model.ts';

const birds = readPenguins();
const { heldOut } = splitBirds(birds);
const committed = await openModel(new URL('../1/model.onnx', import.meta.url));

const answers = await answer(committed, heldOut);
console.log(`held out: ${heldOut.length} birds, accuracy ${percent(accuracy(answers))}`);
console.log(`calibration error ${calibrationError(answers).toFixed(3)}`);
console.log(confusionTable(answers, speciesNames));
await printMissing();
await printCrossValidation({ folds: 5, repeats: 10 });

async function answer(runtime: Runtime, rows: readonly LabelledBird[]) {
  const outputs = await runPipeline(
    pipeline,
    runtime,
    rows.map(({ bird }) => bird),
  );
  return outputs.map(({ species, probabilities }, row) => {
    // one output a row
    const actual = (rows[row] as LabelledBird).species;
    return { actual, predicted: species, probability: probabilities[species], happened: species === actual };
  });
}

/** What is lost when something was not measured. */
async function printMissing() {
  const missing: Record<string, Partial<Record<Exclude<keyof LabelledBird['bird'], 'island'>, null>>> = {
    sex: { sex: null },
    'body mass and sex': { bodyMassG: null, sex: null },
    'flipper length': { flipperLengthMm: null },
    'culmen length': { culmenLengthMm: null },
    'both culmen measurements': { culmenLengthMm: null, culmenDepthMm: null },
    'all but culmen length': { culmenDepthMm: null, flipperLengthMm: null, bodyMassG: null, sex: null },
    'all but the island': {
      culmenLengthMm: null,
      culmenDepthMm: null,
      flipperLengthMm: null,
      bodyMassG: null,
      sex: null,
    },
  };
  for (const [name, hidden] of Object.entries(missing)) {
    const rows = heldOut.map(({ species, bird }) => ({ species, bird: { ...bird, ...hidden } }));
    console.log(`without ${name}: accuracy ${percent(accuracy(await answer(committed, rows)))}`);
  }
}

/** One split of 344 birds says little; 50 trainings on different ones say how much luck is in it. */
async function printCrossValidation({ folds, repeats }: { folds: number; repeats: number }) {
  const perRepeat: number[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    const parts = stratifiedFolds(birds, folds, ({ species }) => species, createRandom(100 + repeat));
    const all: Answer[] = [];
    for (const part of parts) {
      const runtime = await openRuntime(await trainPenguins(parts.filter((other) => other !== part).flat()));
      all.push(...(await answer(runtime, part)));
      await runtime.close();
    }
    perRepeat.push(accuracy(all));
  }
  const mean = perRepeat.reduce((sum, value) => sum + value, 0) / repeats;
  const [low, high] = [Math.min(...perRepeat), Math.max(...perRepeat)];
  console.log(
    `${folds}-fold cross-validation, ${repeats} times: mean ${percent(mean)}, ${percent(low)} to ${percent(high)}`,
  );
}

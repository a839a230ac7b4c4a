import { writeFileSync } from 'node:fs';
import { readPenguins } from '../../training/data/penguins.ts';
import { splitBirds, trainPenguins } from './model.ts';

const { train } = splitBirds(readPenguins());
const model = await trainPenguins(train);
writeFileSync(new URL('../1/model.onnx', import.meta.url), model);
console.log(`penguins: learned from ${train.length} birds, ${model.length} bytes`);

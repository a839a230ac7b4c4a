import { writeFileSync } from 'node:fs';
import { splitMails } from './corpus.ts';
import { encodeSpam, trainSpam } from './model.ts';

const { train } = splitMails();
const model = encodeSpam(trainSpam(train));
writeFileSync(new URL('../1/model.onnx', import.meta.url), model);
console.log(`spam: learned from ${train.length} mails, ${model.length} bytes`);

import { logit, sigmoid } from '../../training/logistic-regression.ts';
import { accuracy, calibrationError, confusionTable, percent, scoreOf } from '../../training/metrics.ts';
import { openModel, runPipeline } from '../../training/run-pipeline.ts';
import { bucketOf, featuresOf, type Mail } from '../features.ts';
import { pipeline } from '../pipeline.ts';
import { splitMails, type TrainingMail } from './corpus.ts';
import { crossValidate, trainSpam } from './model.ts';

const { train, heldOut } = splitMails();
const committed = await openModel(new URL('../1/model.onnx', import.meta.url));

const answers = await answer(heldOut, ({ source }) => ({ body: source }));
report('held out', answers);
report(
  'held out, without near-copies',
  answers.filter(({ mail }) => !mail.isCopy),
);
console.log(confusionTable(answers, ['spam', 'ham']));
for (const [group, some] of Map.groupBy(answers, ({ mail }) => mail.group)) {
  console.log(`${group}: ${some.length} mails, accuracy ${percent(accuracy(some))}`);
}
await printHeaderInfluence();
await printListInfluence();
if (process.argv.includes('--train')) {
  printHeaderModel();
  report(
    'cross-validation among the mails to learn from',
    crossValidate(train).map(({ mail, logit }) => toAnswer(mail, sigmoid(logit))),
  );
  printWeightiestWords();
}

async function answer(mails: readonly TrainingMail[], toInput: (mail: TrainingMail) => Mail) {
  const outputs = await runPipeline(pipeline, committed, mails.map(toInput));
  // one output a mail
  return mails.map((mail, row) => toAnswer(mail, outputs[row]?.spamProbability as number));
}

function toAnswer(mail: TrainingMail, probability: number) {
  const predicted: 'spam' | 'ham' = probability >= 0.5 ? 'spam' : 'ham';
  return { mail, actual: mail.label, predicted, probability, happened: mail.label === 'spam' };
}

function report(name: string, some: readonly ReturnType<typeof toAnswer>[]) {
  const { f1, precision, recall } = scoreOf(some, 'spam');
  const figures = `F1 ${f1.toFixed(4)}, precision ${precision.toFixed(4)}, recall ${recall.toFixed(4)}`;
  const error = calibrationError(some).toFixed(3);
  console.log(
    `${name}: ${some.length} mails, ${figures}, accuracy ${percent(accuracy(some))}, calibration error ${error}`,
  );
}

/** The same mails with every header but the subject and the content's encoding taken away: the answers must stay. */
async function printHeaderInfluence() {
  const bare = await answer(heldOut, ({ source }) => {
    const end = source.indexOf('\n\n');
    const content = unfold(source.slice(0, end)).filter((line) =>
      /^(?:content-type|content-transfer-encoding|subject):/i.test(line),
    );
    return { body: `${[...content, 'MIME-Version: 1.0'].join('\n')}${source.slice(end)}` };
  });
  const changes = bare.map(({ probability }, row) =>
    Math.abs(probability - (answers[row]?.probability ?? 0)),
  );
  console.log(`without headers: largest change of a probability ${Math.max(...changes)}`);
}

function unfold(headers: string): string[] {
  return headers.replace(/\n[ \t]+/g, ' ').split('\n');
}

/** The same texts as if they had come through a mailing list: tag, reply mark and footer. */
async function printListInfluence() {
  const footer =
    "\n\n-- \nThe Users' Group: list@lists.example\nhttp://lists.example/mailman/listinfo/list for (un)subscription";
  const plain = await answer(heldOut, ({ subject, text }) => ({ subject, body: text || ' ' }));
  const listed = await answer(heldOut, ({ subject, text }) => ({
    subject: `[list] Re: ${subject}`,
    body: `${text}${footer}`,
  }));
  const flips = listed.filter(({ predicted }, row) => predicted !== plain[row]?.predicted).length;
  console.log(`with a mailing list's tag and footer added: ${flips} of ${heldOut.length} labels change`);
}

/** How well the headers alone would do, if they were read: what is deliberately left unused. */
function printHeaderModel() {
  const toHeaderFeatures = ({ body }: Mail) => {
    const headers = body
      .slice(0, body.indexOf('\n\n'))
      .replace(/^subject:.*$/gim, '')
      .toLowerCase();
    const words = new Set(headers.match(/[a-z][a-z.-]{2,30}/g) ?? []);
    return new Map([...words].map((word) => [word, 1 / Math.sqrt(words.size)]));
  };
  const model = trainSpam(train, toHeaderFeatures);
  const judged = heldOut.map((mail) => {
    const features = toHeaderFeatures({ body: mail.source });
    const row = {
      buckets: Int32Array.from(features.keys(), bucketOf),
      values: Float32Array.from(features.values()),
    };
    return toAnswer(mail, sigmoid(logit(model, row)));
  });
  report('a model of the headers alone, not shipped', judged);
}

function printWeightiestWords() {
  const { weights } = trainSpam(train);
  const counts = new Map<string, number>();
  for (const { source } of train) {
    for (const name of featuresOf({ body: source }).keys()) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const weighty = [...counts]
    .filter(([, count]) => count >= 15)
    .map(([name, count]) => ({ name, weight: (weights[bucketOf(name)] ?? 0) * Math.sqrt(count) }))
    .toSorted((one, other) => other.weight - one.weight);
  const names = (some: typeof weighty) => some.map(({ name }) => name).join(', ');
  console.log(`for spam: ${names(weighty.slice(0, 40))}`);
  console.log(`for ham: ${names(weighty.slice(-40).toReversed())}`);
}

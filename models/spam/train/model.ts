import {
  fitCalibration,
  fitLogisticRegression,
  type LinearModel,
  logit,
  type SparseRow,
  telling,
} from '../../training/logistic-regression.ts';
import { createRandom, type Random } from '../../training/random.ts';
import { encodeOnnx } from '../../training/write-onnx.ts';
import { bucketCount, bucketOf, featuresOf, type Mail } from '../features.ts';
import { foldsOf, seed, type TrainingMail } from './corpus.ts';
import { everydayMails } from './everyday-mails.ts';

/** Chosen by cross-validation among the mails to learn from. */
const l2 = 3e-7;
const epochs = 14;
const fitCount = 4;
/** Missing a spam costs more in F1 than taking a ham for one, since there are fewer of them. */
const spamImportance = 2;
/** How much a part of a mail counts beside the whole, and a mail of everyday life. */
const partImportance = 0.3;
const everydayImportance = 8;

/** How a mail is turned into features; the pipeline's own way unless a check asks for another. */
export type ToFeatures = (mail: Mail) => Map<string, number>;

/** Trains, then sets the probabilities right by mails that the judging model had not seen. */
export function trainSpam(mails: readonly TrainingMail[], toFeatures: ToFeatures = featuresOf): LinearModel {
  const random = createRandom(seed);
  const rows = toTrainingRows(mails, toFeatures, random);
  const { slope, offset } = fitCalibration(judgeUnseen(mails, rows, random));
  const { weights, bias } = rows.fit(mails);
  return { weights: weights.map((weight) => weight * slope), bias: bias * slope + offset };
}

/** What models say of mails they have not learned from: five models, each judging a fifth. */
export function crossValidate(mails: readonly TrainingMail[]): { mail: TrainingMail; logit: number }[] {
  const random = createRandom(seed);
  return judgeUnseen(mails, toTrainingRows(mails, featuresOf, random), random);
}

type TrainingRows = ReturnType<typeof toTrainingRows>;

function judgeUnseen(mails: readonly TrainingMail[], { fit, wholeOf }: TrainingRows, random: Random) {
  const folds = foldsOf(mails, 5, random);
  return folds.flatMap((fold) => {
    const model = fit(folds.filter((other) => other !== fold).flat());
    return fold.map((mail) => ({
      mail,
      isPositive: mail.label === 'spam',
      logit: logit(model, wholeOf(mail)),
    }));
  });
}

/** Features are made once, however many models are fitted on some of the mails. */
function toTrainingRows(mails: readonly TrainingMail[], toFeatures: ToFeatures, random: Random) {
  const everyday = everydayMails.map(({ label, ...mail }) =>
    toRow(toFeatures(mail), label, everydayImportance),
  );
  const rowsOf = new Map(mails.map((mail) => [mail, toRows(mail, toFeatures, random)]));
  return {
    fit: (some: readonly TrainingMail[]) =>
      fitScaled([...some.flatMap((mail) => rowsOf.get(mail) ?? []), ...everyday], random),
    // every mail was given rows above, the first of which is the whole of it
    wholeOf: (mail: TrainingMail) => (rowsOf.get(mail) ?? [])[0] as SparseRow,
  };
}

/**
 * The mean of a few fits, each of which sees the rows in another order: the luck of the order evens out. Scaling a
 * feature and then weighing it is weighing it by the product, so the scales vanish into the weights.
 */
function fitScaled(rows: readonly SparseRow[], random: Random): LinearModel {
  const scale = telling(rows, bucketCount);
  const scaled = rows.map((row) => ({
    ...row,
    values: row.values.map((value, i) => value * (scale[row.buckets[i] ?? 0] ?? 0)),
  }));
  const models = Array.from({ length: fitCount }, () =>
    fitLogisticRegression({ rows: scaled, bucketCount, l2, epochs, random }),
  );
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    weights: scale.map((factor, bucket) => factor * mean(models.map(({ weights }) => weights[bucket] ?? 0))),
    bias: mean(models.map(({ bias }) => bias)),
  };
}

/** The mail as it came, and two short parts of it, so that the model is no stranger to short mails. */
function toRows(mail: TrainingMail, toFeatures: ToFeatures, random: Random): SparseRow[] {
  const parts = [partOf(mail, random), partOf(mail, random)];
  return [
    toRow(toFeatures({ body: mail.source }), mail.label, 1),
    ...parts.map((part) => toRow(toFeatures(part), mail.label, partImportance)),
  ];
}

function partOf({ subject, text }: TrainingMail, random: Random): Mail {
  const words = text.split(/(?<=\s)(?=\S)/);
  const length = 6 + random.integer(50);
  const start = random.integer(Math.max(1, words.length - length));
  const body = words.slice(start, start + length).join('');
  return { subject: random.next() < 0.5 ? subject : null, body };
}

function toRow(features: Map<string, number>, label: 'spam' | 'ham', importance: number): SparseRow {
  return {
    buckets: Int32Array.from(features.keys(), bucketOf),
    values: Float32Array.from(features.values()),
    isPositive: label === 'spam',
    importance: label === 'spam' ? importance * spamImportance : importance,
  };
}

/** Weights looked up by bucket, times the features' weights, summed: logistic regression that takes any length. */
export function encodeSpam({ weights, bias }: LinearModel): Uint8Array {
  return encodeOnnx({
    name: 'spam',
    description:
      'Hashed word features of a mail (bucket and weight each) to the probability that it is spam.',
    nodes: [
      { op: 'Gather', inputs: ['bucket_weights', 'buckets'], outputs: ['gathered'] },
      { op: 'Mul', inputs: ['gathered', 'weights'], outputs: ['weighted'] },
      {
        op: 'ReduceSum',
        inputs: ['weighted', 'feature_axis'],
        outputs: ['evidence'],
        attributes: { keepdims: 0 },
      },
      { op: 'Add', inputs: ['evidence', 'bias'], outputs: ['log_odds'] },
      { op: 'Sigmoid', inputs: ['log_odds'], outputs: ['spam_probability'] },
    ],
    initializers: [
      { name: 'bucket_weights', dims: [bucketCount], data: weights },
      { name: 'feature_axis', dims: [1], data: BigInt64Array.of(1n) },
      { name: 'bias', dims: [1], data: Float32Array.of(bias) },
    ],
    inputs: [
      { name: 'buckets', dtype: 'int64', dims: ['batch', 'features'] },
      { name: 'weights', dtype: 'float32', dims: ['batch', 'features'] },
    ],
    outputs: [{ name: 'spam_probability', dtype: 'float32', dims: ['batch'] }],
  });
}

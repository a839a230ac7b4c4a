/** What one row was and what a model said it was. */
export interface Answer<Label extends string | number = string> {
  readonly actual: Label;
  readonly predicted: Label;
}

/** Share of right answers. */
export function accuracy(answers: readonly Answer<string | number>[]): number {
  return answers.filter(({ actual, predicted }) => actual === predicted).length / answers.length;
}

/** How well one class is told from all others. */
export function scoreOf<Label extends string | number>(answers: readonly Answer<Label>[], label: Label) {
  const right = answers.filter(({ actual, predicted }) => actual === label && predicted === label).length;
  const precision = right / answers.filter(({ predicted }) => predicted === label).length;
  const recall = right / answers.filter(({ actual }) => actual === label).length;
  return { precision, recall, f1: (2 * precision * recall) / (precision + recall) };
}

/** A confusion table in Markdown: a row for what was, a column for what was said. */
export function confusionTable<Label extends string | number>(
  answers: readonly Answer<Label>[],
  labels: readonly Label[],
): string {
  const count = (actual: Label, predicted: Label) =>
    answers.filter((answer) => answer.actual === actual && answer.predicted === predicted).length;
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [
    line(['actual \\ predicted', ...labels]),
    line(['---', ...labels.map(() => '---:')]),
    ...labels.map((actual) => line([actual, ...labels.map((predicted) => count(actual, predicted))])),
  ].join('\n');
}

/**
 * Expected calibration error: how far stated probabilities are from how often they come true, over ten equal bins.
 *
 * @param stated - the probability given to an event, and whether it happened
 */
export function calibrationError(stated: readonly { probability: number; happened: boolean }[]): number {
  const bins = Map.groupBy(stated, ({ probability }) => Math.min(9, Math.floor(probability * 10)));
  let error = 0;
  for (const bin of bins.values()) {
    const said = bin.reduce((sum, { probability }) => sum + probability, 0);
    const came = bin.filter(({ happened }) => happened).length;
    error += Math.abs(said - came) / stated.length;
  }
  return error;
}

/** 0.98765 as "98.8 %". */
export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

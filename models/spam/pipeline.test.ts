import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openModel, runPipeline } from '../training/run-pipeline.ts';
import type { Runtime } from '../training/runtime.ts';
import { bodyLengthMax, spam } from './contract.ts';
import type { Mail } from './features.ts';
import { pipeline } from './pipeline.ts';

const prize = {
  subject: 'You have WON',
  body: 'Click now to claim your FREE $1,000,000 cash prize, risk free, act now!!!',
};
const lunch = { body: 'Hi Anna, are we still on for lunch on Thursday? Best, Tom' };

describe('the spam pipeline', () => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await openModel(new URL('./1/model.onnx', import.meta.url));
  });
  afterAll(() => runtime.close());

  const labelsOf = async (mails: readonly Mail[]) =>
    (await runPipeline(pipeline, runtime, mails)).map(({ label }) => label);

  test('knows short spam', async () => {
    const mails = [
      prize,
      {
        subject: 'Cheap meds',
        body: 'Buy Viagra online, no prescription needed, lowest prices guaranteed! Order today.',
      },
      { body: 'Congratulations! You have been selected as a winner. Click here to claim your prize.' },
      {
        subject: 'Work from home',
        body: 'Earn $5000 per week working from home! No experience needed. Call now.',
      },
      { body: 'Lose 20 pounds in 2 weeks with our amazing new diet pill! 100% money back guarantee!' },
    ];
    expect(await labelsOf(mails)).toEqual(mails.map(() => 'spam'));
  });

  test('leaves short mail of everyday life alone', async () => {
    const mails = [
      lunch,
      { subject: 'Invoice', body: 'Hi, could you please send me the invoice for last month? Thanks, Maria' },
      { body: 'Can you call me when you get home?' },
      {
        subject: 'Meeting notes',
        body: 'Attached are the notes from yesterday. Let me know if I missed anything.',
      },
      { body: 'Thanks!' },
      { subject: 'Birthday', body: 'Happy birthday, Sam! Hope you have a great day. Love, Mum' },
      { subject: 'Your order', body: 'Hello, your order has been shipped and will arrive on Friday.' },
      { subject: 'Weekend', body: 'Shall we go hiking this weekend? The weather looks nice.' },
    ];
    expect(await labelsOf(mails)).toEqual(mails.map(() => 'ham'));
  });

  test('answers its examples as their titles say', async () => {
    expect(await labelsOf(spam.examples.map(({ input }) => input))).toEqual(['spam', 'ham', 'spam', 'ham']);
  });

  test('is not moved by headers, list tags or reply marks', async () => {
    const headers =
      'From: anna@example.com\nTo: tom@example.com\nX-Spam-Status: Yes\nSubject: [list] Re: You have WON\n\n';
    const [plain, source] = await runPipeline(pipeline, runtime, [
      prize,
      { body: `${headers}${prize.body}` },
    ]);
    expect(source).toEqual(plain);
  });

  test('fills up a batch without changing an answer', async () => {
    const long = { body: 'The compiler fails on the last line of the header file. '.repeat(50) };
    const mails = [prize, long, lunch, { body: ' ' }];
    const [alone, together] = [
      await runPipeline(pipeline, runtime, mails, 1),
      await runPipeline(pipeline, runtime, mails),
    ];
    for (const [row, { spamProbability }] of together.entries()) {
      expect(Math.abs(spamProbability - (alone[row]?.spamProbability ?? 2))).toBeLessThan(1e-5);
    }
  });

  test('answers any text as its contract promises', async () => {
    const mails = ['\n\n', '<', '<!--', '=?utf-8?q?', '\u0000', '您好', '----', 'a'.repeat(2000)].map(
      (body) => ({ body }),
    );
    for (const answer of await runPipeline(pipeline, runtime, mails))
      expect(spam.output.safeParse(answer).success).toBe(true);
  });

  test.each([
    '<',
    '<!--',
    '<a href="',
    '&#1;',
    '=3D',
    'a@',
    '- ',
    'Subject: ',
    '\n ',
    '=?a?b?',
    '--a\n',
    'é',
    '<p ',
  ])('reads the longest text made of %j in well under a second', async (piece) => {
    const startedAt = performance.now();
    await pipeline.preprocess({
      subject: piece.repeat(100),
      body: piece.repeat(bodyLengthMax / piece.length),
    });
    expect(performance.now() - startedAt).toBeLessThan(900);
  });
});

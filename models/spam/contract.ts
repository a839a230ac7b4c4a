import { defineContract } from '@oriel/schemas';
import { z } from 'zod';

/** Longest body that is accepted, in characters: far beyond any letter, short of an abuse. */
export const bodyLengthMax = 200_000;

export const spam = defineContract({
  id: 'spam',
  title: 'Spam mail',
  description:
    'Tells unwanted bulk mail from mail that someone wants, by the words of its subject and body alone.',
  task: 'text',
  input: z
    .strictObject({
      subject: z.string().max(1000).nullish().describe('Subject line; null or left out when there is none'),
      body: z
        .string()
        .min(1)
        .max(bodyLengthMax)
        .describe(
          'The mail: plain text, HTML, or its whole source with headers, of which only the subject is read',
        ),
    })
    .meta({ id: 'SpamInput', description: 'One mail, in English.' }),
  output: z
    .object({
      label: z.enum(['spam', 'ham']).describe('The more probable of the two; ham is mail that is wanted'),
      spamProbability: z.number().min(0).max(1).describe('Probability that the mail is spam, 0 to 1'),
    })
    .meta({ id: 'SpamOutput', description: 'Whether a mail is spam.' }),
  examples: [
    {
      title: 'A prize',
      input: {
        subject: 'You have WON',
        body: 'Click now to claim your FREE $1,000,000 cash prize, risk free, act now!!!',
      },
    },
    {
      title: 'Lunch',
      input: { subject: 'Thursday', body: 'Hi Anna, are we still on for lunch on Thursday? Best, Tom' },
    },
    {
      title: 'An HTML offer',
      input: {
        subject: 'Lower your mortgage',
        body: '<html><body><h1>Refinance TODAY</h1><p>Rates as low as <b>3.9%</b>! No obligation, all credit welcome.</p><a href="http://offers.example/apply">Click here</a> or <a href="http://offers.example/out">unsubscribe</a></body></html>',
      },
    },
    {
      title: 'A question on a mailing list',
      input: {
        subject: 'Re: build fails on the old compiler',
        body: 'I get the same error after the upgrade. Reverting the last patch fixes it here, so I think the problem is in the header file. Can anyone confirm?',
      },
    },
  ],
});

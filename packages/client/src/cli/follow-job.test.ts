import { Readable, Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { failureOf } from '../../test/failure-of.ts';
import { setUpMockedServer } from '../../test/mocked-server.ts';
import { createClient } from '../node/node-client.ts';
import { makeJob } from '../testing/index.ts';
import { followJob } from './follow-job.ts';

const { url, api } = setUpMockedServer();

/** What is said when Ctrl-C comes while a job is followed. */
async function interrupt(): Promise<string> {
  let said = '';
  const stderr = new Writable({
    write(chunk: Buffer, _encoding, callback) {
      said += chunk.toString();
      callback();
    },
  });
  const signal = AbortSignal.abort(new Error('Stopped by SIGINT.'));
  const terminal = { env: {}, stdin: Readable.from([]), stdout: new Writable(), stderr, signal };
  const options = { label: 'Predicting', cancels: true };
  const failure = await failureOf(followJob(createClient({ url }), makeJob(), options, terminal));
  expect(failure).toMatchObject({ message: 'Stopped by SIGINT.' });
  return said;
}

test('a job that is over by the time of Ctrl-C does not run any more', async () => {
  api.refuse('jobs.cancel', { code: 'JOB_TRANSITION_REFUSED' });
  const said = await interrupt();
  expect(said).toContain('was over before it could be cancelled');
  expect(said).not.toContain('may still run');
});

test('one that could not be cancelled may still run', async () => {
  api.refuse('jobs.cancel', { code: 'DATABASE_UNAVAILABLE', detail: 'The database does not answer.' });
  expect(await interrupt()).toContain('The job may still run: The database does not answer.');
});

import { createClient } from '@oriel/client';
import { describe, expect, test } from 'vitest';
import { api } from '../../../test/api.ts';
import { explainFailure } from './failure.ts';
import { predict } from './predict.ts';

const client = createClient({ url: 'http://localhost:3000' });

/** How a real call fails, so that the explanation is tested on what the client really throws. */
async function failureOf(call: Promise<unknown>) {
  const error: unknown = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return explainFailure(error instanceof Error ? error : null);
}

describe('explainFailure', () => {
  test('names the refused fields, the request and the page that explains', async () => {
    const issues = [{ path: ['island'], rule: 'invalid_value', message: 'must be an island' }];
    api.refuse('models.penguins.predict', { code: 'INPUT_INVALID', issues, requestId: 'request-7' });
    expect(await failureOf(client.models.penguins.predict.mutate({ island: 'Biscoe' }))).toMatchObject({
      issues,
      requestId: 'request-7',
      helpUrl: '/docs/errors#input-invalid',
    });
  });

  test.each(['ENGINE_OVERLOADED', 'DEADLINE_EXCEEDED', 'SERVER_STOPPING', 'MODEL_NOT_READY'] as const)(
    'says what to do about %s',
    async (code) => {
      api.refuse('models.penguins.predict', { code });
      const failure = await failureOf(client.models.penguins.predict.mutate({ island: 'Biscoe' }));
      expect(failure?.advice).toContain('predict again');
    },
  );

  test('tells a server that is away from one that refuses', async () => {
    api.disconnect();
    expect(await failureOf(client.models.list.query())).toMatchObject({
      title: 'The server does not answer',
      requestId: null,
    });
  });

  test('tells a call that took too long', async () => {
    api.answer('models.list', () => new Promise(() => {}));
    const impatient = createClient({ url: 'http://localhost:3000', timeoutMs: 20 });
    expect(await failureOf(impatient.models.list.query())).toMatchObject({ title: 'No answer in time' });
  });

  test('is silent about a request that a newer one replaced', async () => {
    api.answer('models.penguins.predict', () => new Promise(() => {}));
    const controller = new AbortController();
    const call = predict(client, { modelId: 'penguins', input: {}, signal: controller.signal });
    setTimeout(() => controller.abort(), 10);
    expect(await failureOf(call)).toBeNull();
  });
});

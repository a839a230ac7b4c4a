import { describe, expect, test } from 'vitest';
import { failureOf } from '../../test/failure-of.ts';
import { setUpMockedServer } from '../../test/mocked-server.ts';
import { createClient } from '../create-client.ts';
import { hasErrorCode, problemOf } from '../errors.ts';

const { url, api } = setUpMockedServer();
const client = createClient({ url });

const gentoo = {
  model: 'penguins' as const,
  version: '1',
  output: { species: 'Gentoo' as const, probabilities: { Adelie: 0, Chinstrap: 0, Gentoo: 1 } },
  requestId: 'r1',
  timing: { queueMs: 0, computeMs: 1, totalMs: 1 },
  cached: false,
};

describe('createApiMock', () => {
  test('answers a typed procedure with a value', async () => {
    api.answer('models.penguins.predict', gentoo);
    await expect(client.models.penguins.predict.mutate({ island: 'Biscoe' })).resolves.toEqual(gentoo);
  });

  test('answers with a function of the input, and remembers the inputs', async () => {
    api.answer('models.penguins.predict', (input) => ({ ...gentoo, requestId: input.island }));
    const answer = await client.models.penguins.predict.mutate({ island: 'Dream' });
    expect(answer.requestId).toBe('Dream');
    expect(api.inputsOf('models.penguins.predict')).toEqual([{ island: 'Dream' }]);
  });

  test('answers each call of a batch on its own', async () => {
    api.answer('models.list', { models: [] });
    api.refuse('models.get', { code: 'MODEL_NOT_FOUND', detail: 'There is no model "moths".' });
    const [list, get] = await Promise.allSettled([
      client.models.list.query(),
      client.models.get.query({ id: 'moths' }),
    ]);
    expect(list).toMatchObject({ status: 'fulfilled', value: { models: [] } });
    expect(get).toMatchObject({ status: 'rejected', reason: { message: 'There is no model "moths".' } });
  });

  test('refuses with a problem document that the client understands', async () => {
    const issues = [{ path: ['island'], rule: 'invalid_value', message: 'must be one of the islands' }];
    api.refuse('models.penguins.predict', { code: 'INPUT_INVALID', issues });
    const error = await failureOf(client.models.penguins.predict.mutate({ island: 'Biscoe' }));
    expect(problemOf(error)).toMatchObject({ status: 400, issues, requestId: 'test-request' });
  });

  test('has no connection once disconnected', async () => {
    api.disconnect();
    const error = await failureOf(client.models.list.query());
    expect(error).toBeInstanceOf(Error);
    expect(problemOf(error)).toBeNull();
  });

  test('says so when a test forgot to state an answer', async () => {
    const error = await failureOf(client.models.list.query());
    expect(hasErrorCode(error, 'ROUTE_NOT_FOUND')).toBe(true);
    expect(String(error)).toContain('The test did not say what "models.list" answers');
  });
});

import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { createApiMock, createTransferMock } from '../src/testing/index.ts';

/** Puts a mocked server up for the tests of a file; after each it forgets what it was told to answer. */
export function setUpMockedServer() {
  // of the same origin as the page that happy-dom is at, or the page would ask first
  const url = 'http://localhost:3000';
  const api = createApiMock(url);
  const transfers = createTransferMock(url);
  const server = setupServer(...transfers.handlers, ...api.handlers);

  beforeAll(() => server.listen({ onUnhandledFrame: 'error' }));
  afterEach(() => {
    api.reset();
    transfers.reset();
  });
  afterAll(() => server.close());

  return { url, api, transfers, server };
}

import pageConsole from 'node:console';
import '@testing-library/jest-dom/vitest';
import { cleanup } from '@testing-library/react';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { api } from './api.ts';

const server = setupServer(...api.handlers);

// happy-dom writes each refused or aborted request to the process's own console; tests provoke and check them.
// What the code under test writes goes to the test runner's console and stays seen.
pageConsole.error = () => {};

beforeAll(() => server.listen({ onUnhandledFrame: 'error' }));
afterEach(() => {
  cleanup();
  api.reset();
  window.location.hash = '';
});
afterAll(() => server.close());

import pageConsole from 'node:console';
import '@testing-library/jest-dom/vitest';
import { cleanup, configure } from '@testing-library/react';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, vi } from 'vitest';
import { api, transfers } from './api.ts';
import { jobEvents, TestEventSource } from './job-events.ts';

vi.mock('eventsource', () => ({ EventSource: TestEventSource }));

const server = setupServer(...api.handlers, ...transfers.handlers);

// machines may be busy
configure({ asyncUtilTimeout: 4000 });

// happy-dom writes each refused or aborted request to the process's own console; tests provoke and check them.
// What the code under test writes goes to the test runner's console and stays seen.
pageConsole.error = () => {};

beforeAll(() => server.listen({ onUnhandledFrame: 'error' }));
afterEach(() => {
  cleanup();
  api.reset();
  transfers.reset();
  jobEvents.reset();
  window.location.hash = '';
});
afterAll(() => server.close());

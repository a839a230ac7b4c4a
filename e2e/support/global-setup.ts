import type { TestProject } from 'vitest/node';
import { findBrowser } from './find-browser.ts';
import { startServer } from './start-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the server under test is; empty when there is no browser to drive. */
    url: string;
    /** Works once: one test signs in with it. */
    firstSignInUrl: string;
    browserPath: string;
  }
}

/** One server for all browser tests; without a browser, none, and a line that says why the tests are skipped. */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const browserPath = findBrowser();
  project.provide('browserPath', browserPath ?? '');
  if (!browserPath) {
    project.provide('url', '');
    project.provide('firstSignInUrl', '');
    console.log(
      'SKIPPED: the browser tests need Chromium. Install it (apt-get install chromium) or set CHROMIUM_PATH.',
    );
    return undefined;
  }
  const server = await startServer();
  project.provide('url', server.url);
  project.provide('firstSignInUrl', server.firstSignInUrl);
  return server.stop;
}

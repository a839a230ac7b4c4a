import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** What axe finds wrong, one line each: the rule, what it asks for, and where. */
export async function findViolations(page: Page): Promise<string[]> {
  // as a script of the debugger: the page's own security policy stays in force
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<axe.AxeResults>(
    'axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })',
  );
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help}: ${node.target.join(' ')} ${node.failureSummary ?? ''}`),
  );
}

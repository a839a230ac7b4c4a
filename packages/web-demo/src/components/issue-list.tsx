import type { ItemError } from '@oriel/schemas';
import { formatCountOf } from '../lib/format.ts';

const shownMax = 10;

/** What exactly is wrong, each with its place. */
export function IssueList({ error }: { error: ItemError }) {
  const issues = error.issues ?? [];
  if (issues.length === 0) return null;
  return (
    <ul aria-label="What is wrong" className="mt-1 list-disc space-y-0.5 pl-5 text-sm">
      {issues.slice(0, shownMax).map(({ path, rule, message }) => (
        <li key={`${path.join('.')} ${rule} ${message}`}>
          {path.length > 0 && <span className="font-medium">{path.join(' ')}: </span>}
          {message}
        </li>
      ))}
      {issues.length > shownMax && <li>and {formatCountOf(issues.length - shownMax, 'more place')}</li>}
    </ul>
  );
}

import { Notice } from '../../components/notice.tsx';
import type { Failure } from './failure.ts';

/** Why there is no answer, what to do, and what to quote when asking for help. */
export function FailureNotice({ failure, fields }: { failure: Failure; fields: readonly string[] }) {
  const { title, detail, advice, issues, requestId, helpUrl } = failure;
  const elsewhere = issues.filter((issue) => !fields.includes(String(issue.path[0])));
  const isShownBesideFields = issues.length > 0 && elsewhere.length === 0;
  return (
    <Notice tone={failure.advice ? 'warning' : 'error'} title={title}>
      <div className="space-y-1.5 text-sm">
        <p>
          {isShownBesideFields
            ? `Mend ${issues.length === 1 ? 'the marked field' : `the ${issues.length} marked fields`}, then predict again.`
            : detail}
        </p>
        {advice && <p>{advice}</p>}
        {(requestId || helpUrl) && (
          <p className="text-muted">
            {requestId && (
              <>
                Request <code className="font-mono text-xs">{requestId}</code>
              </>
            )}
            {requestId && helpUrl && ' · '}
            {helpUrl && (
              <a href={helpUrl} className="text-accent underline">
                What this error means
              </a>
            )}
          </p>
        )}
      </div>
    </Notice>
  );
}

import { Badge } from '../../components/badge.tsx';
import { ProbabilityBars } from '../../components/probability-bars.tsx';
import { formatValue } from '../../lib/format.ts';
import type { Schema } from '../../lib/json-schema.ts';
import { toAnswerParts } from './answer-parts.ts';
import type { TimedAnswer } from './predict.ts';
import { TimingView } from './timing-view.tsx';

/** One answer: what was predicted, how sure the model is, how long it took. */
export function AnswerView({ answered, schema }: { answered: TimedAnswer; schema: Schema }) {
  const { answer, roundTripMs } = answered;
  const { headline, distributions, others } = toAnswerParts(answer.output, schema);
  return (
    <div className="space-y-5">
      {headline && (
        <div>
          <p className="text-sm text-muted">{headline.label}</p>
          <p data-testid="headline" className="text-4xl font-semibold tracking-tight wrap-anywhere">
            {headline.value}
          </p>
        </div>
      )}
      {distributions.map(({ title, entries }) => (
        <ProbabilityBars key={title} title={title} entries={entries} />
      ))}
      {others.length > 0 && (
        <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-sm">
          {others.map(({ label, value }) => (
            <div key={label} className="col-span-2 grid grid-cols-subgrid">
              <dt className="text-muted">{label}</dt>
              <dd className="wrap-anywhere">{formatValue(value, 2000)}</dd>
            </div>
          ))}
        </dl>
      )}
      <TimingView timing={answer.timing} roundTripMs={roundTripMs} />
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5 border-t border-line pt-3 text-xs text-muted">
        <Badge>version {answer.version}</Badge>
        {answer.cached && (
          <Badge tone="accent" title="An equal input was computed before; its output was kept.">
            cached
          </Badge>
        )}
        <span className="wrap-anywhere">
          Request <code className="font-mono">{answer.requestId}</code>
        </span>
      </div>
    </div>
  );
}

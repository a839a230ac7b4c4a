import type { ModelDetail } from '@oriel/schemas';
import { LoaderCircle } from 'lucide-react';
import type { Ref } from 'react';
import { Panel } from '../../components/panel.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { toAnswerParts } from './answer-parts.ts';
import { AnswerView } from './answer-view.tsx';
import type { Failure } from './failure.ts';
import { FailureNotice } from './failure-notice.tsx';
import type { Prediction } from './use-prediction.ts';

interface Props {
  readonly model: ModelDetail;
  readonly prediction: Pick<Prediction, 'answered' | 'isPending'>;
  readonly failure: Failure | null;
  readonly ref: Ref<HTMLElement>;
}

/** The answer in each of its states: not asked, on its way, there, out of date, failed. */
export function AnswerPanel({ model, prediction, failure, ref }: Props) {
  const { answered, isPending } = prediction;
  const fields = Object.keys(model.contract.input.properties ?? {});
  return (
    <Panel
      ref={ref}
      title="Answer"
      aside={isPending && answered && <Refreshing />}
      className="lg:sticky lg:top-4"
    >
      <p className="sr-only" role="status">
        {answered && !isPending && announce(answered.answer.output, model)}
      </p>
      {failure && !isPending && <FailureNotice failure={failure} fields={fields} />}
      {answered && !failure && (
        <div className={`animate-appear transition-opacity ${isPending ? 'opacity-60' : ''}`}>
          <AnswerView answered={answered} schema={model.contract.output} />
        </div>
      )}
      {isPending && !answered && <Skeleton label="Predicting…" lines={5} />}
      {!isPending && !answered && !failure && <Invitation isMedia={model.contract.media !== undefined} />}
    </Panel>
  );
}

function announce(output: unknown, model: ModelDetail): string {
  const { headline } = toAnswerParts(output, model.contract.output);
  return headline ? `Answer: ${headline.label} ${headline.value}` : 'The answer is there.';
}

function Refreshing() {
  return <LoaderCircle aria-hidden className="size-4 animate-spin text-muted" />;
}

function Invitation({ isMedia }: { isMedia: boolean }) {
  return (
    <div className="grid min-h-40 place-items-center rounded-lg border border-dashed border-line p-6 text-center text-sm text-muted">
      {isMedia
        ? 'Draw or choose an image: the answer shows here while you draw.'
        : 'Fill in the form or try an example, then press Predict.'}
    </div>
  );
}

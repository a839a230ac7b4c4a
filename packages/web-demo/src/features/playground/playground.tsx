import type { ErrorIssue, ModelDetail } from '@oriel/schemas';
import { useMemo, useRef, useState } from 'react';
import { Panel } from '../../components/panel.tsx';
import { AnswerPanel } from './answer-panel.tsx';
import { explainFailure } from './failure.ts';
import { HowToCall } from './how-to-call.tsx';
import { InputForm } from './input-form.tsx';
import { type ReadInput, toWireInput, useInputForm } from './use-input-form.ts';
import { usePrediction } from './use-prediction.ts';

const none: readonly ErrorIssue[] = [];

/** Fill the form of one model, see what it answers, and how to ask the same from code. */
export function Playground({ model }: { model: ModelDetail }) {
  const form = useInputForm(model);
  const prediction = usePrediction(model.id);
  const answerPanel = useRef<HTMLElement>(null);
  const [ownIssues, setOwnIssues] = useState(none);
  const [edited, setEdited] = useState<ReadonlySet<string>>(new Set());

  const failure = useMemo(() => explainFailure(prediction.error), [prediction.error]);
  const issues = useMemo(
    // what was mended since is no longer marked
    () =>
      [...ownIssues, ...(failure?.issues ?? none)].filter(({ path: [field] }) => !edited.has(String(field))),
    [ownIssues, failure, edited],
  );

  async function send(read: ReadInput) {
    setEdited(new Set());
    setOwnIssues(read.ok ? none : read.issues);
    if (read.ok) prediction.run(await toWireInput(form.fields, read));
    else prediction.reset();
  }

  /** On a narrow screen the answer stands below the form: shows it to those who asked with a button. */
  async function sendAndShow(read: ReadInput) {
    if (read.ok) answerPanel.current?.scrollIntoView({ block: 'nearest' });
    await send(read);
  }

  /** An input that is a file alone is answered at once, without a button. */
  function showMedia(media: Blob | null) {
    if (!form.isMediaOnly) return;
    if (media) void send(form.read(media));
    else {
      setOwnIssues(none);
      prediction.reset();
    }
  }

  return (
    <>
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <Panel title="Input">
          <InputForm
            form={form}
            examples={model.contract.examples}
            issues={issues}
            isPending={prediction.isPending}
            onEdit={(field) => setEdited((old) => new Set(old).add(field))}
            onSubmit={() => void sendAndShow(form.read())}
            onExample={(input) => void sendAndShow(form.fill(input))}
            onFile={(file) => {
              form.setFile(file);
              showMedia(file ?? form.drawn);
            }}
            onDrawn={(image) => {
              form.setDrawn(image);
              showMedia(image);
            }}
            onClear={() => {
              form.clear();
              setOwnIssues(none);
              prediction.reset();
            }}
          />
        </Panel>
        <AnswerPanel ref={answerPanel} model={model} prediction={prediction} failure={failure} />
      </div>
      <HowToCall model={model} read={form.read()} />
    </>
  );
}

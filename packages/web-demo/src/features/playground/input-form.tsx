import type { ErrorIssue, ModelDetail } from '@oriel/schemas';
import { LoaderCircle, Play } from 'lucide-react';
import { type FormEvent, useEffect, useId, useRef } from 'react';
import { Button } from '../../components/button.tsx';
import { toFieldIds } from '../../components/field-frame.tsx';
import { FieldControl } from './field-control.tsx';
import { ImageInput } from './media/image-input.tsx';
import type { InputForm as InputFormState } from './use-input-form.ts';

interface Props {
  readonly form: InputFormState;
  readonly examples: ModelDetail['contract']['examples'];
  readonly issues: readonly ErrorIssue[];
  readonly isPending: boolean;
  readonly onEdit: (field: string) => void;
  readonly onSubmit: () => void;
  readonly onExample: (input: unknown) => void;
  readonly onFile: (file: Blob | null) => void;
  readonly onDrawn: (image: Blob | null) => void;
  readonly onClear: () => void;
}

/** The form of a model: its fields, its examples, and each error beside the field it is about. */
export function InputForm({
  form,
  examples,
  issues,
  isPending,
  onEdit,
  onSubmit,
  onExample,
  onFile,
  onDrawn,
  onClear,
}: Props) {
  const prefix = useId();
  const { formRef, expectErrors } = useFocusOnError(issues);

  function submit(event: FormEvent) {
    event.preventDefault();
    if (isPending) return;
    expectErrors();
    onSubmit();
  }

  return (
    // noValidate: the contract judges, in one wording wherever it is called from
    <form ref={formRef} onSubmit={submit} noValidate aria-label="Input" className="space-y-5">
      <Examples examples={examples} onExample={onExample} />
      <div className="@container">
        <div className="grid gap-x-5 gap-y-4 @md:grid-cols-2">
          {form.fields.map((field) => {
            const ids = toFieldIds(prefix, field.name);
            const error = errorOf(issues, field.name);
            const isWide = field.kind === 'media' || field.kind === 'json' || field.kind === 'text';
            return (
              <div key={field.name} className={isWide ? '@md:col-span-2' : undefined}>
                {field.kind === 'media' ? (
                  <ImageInput
                    field={field}
                    ids={ids}
                    error={error}
                    file={form.file}
                    onFile={onFile}
                    onDrawn={onDrawn}
                  />
                ) : (
                  <FieldControl
                    field={field}
                    ids={ids}
                    error={error}
                    value={form.values[field.name] ?? ''}
                    onChange={(text) => {
                      form.setValue(field.name, text);
                      onEdit(field.name);
                    }}
                  />
                )}
              </div>
            );
          })}
        </div>
      </div>
      <div className="flex flex-wrap items-center gap-3">
        <Button look="solid" type="submit" isBusy={isPending} className="min-w-32">
          {isPending ? (
            <LoaderCircle aria-hidden className="size-4 animate-spin" />
          ) : (
            <Play aria-hidden className="size-4" />
          )}
          {isPending ? 'Predicting…' : 'Predict'}
        </Button>
        {!form.isMediaOnly && (
          <Button look="quiet" onClick={onClear}>
            Empty the form
          </Button>
        )}
      </div>
    </form>
  );
}

function Examples({ examples, onExample }: Pick<Props, 'examples' | 'onExample'>) {
  if (examples.length === 0) return null;
  return (
    <fieldset className="flex flex-wrap items-center gap-2">
      <legend className="sr-only">Examples</legend>
      <span className="text-sm text-muted">Try</span>
      {examples.map(({ title, input }) => (
        <Button key={title} look="pill" onClick={() => onExample(input)}>
          {title}
        </Button>
      ))}
    </fieldset>
  );
}

function errorOf(issues: readonly ErrorIssue[], field: string): string | null {
  const messages = issues.filter(({ path: [name] }) => name === field).map(({ message }) => message);
  return messages.length > 0 ? messages.join('; ') : null;
}

/** Moves the focus to the first refused field, once after each time the form was sent. */
function useFocusOnError(issues: readonly ErrorIssue[]) {
  const formRef = useRef<HTMLFormElement>(null);
  const isExpecting = useRef(false);
  useEffect(() => {
    if (issues.length === 0 || !isExpecting.current) return;
    isExpecting.current = false;
    formRef.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [issues]);
  const expectErrors = () => {
    isExpecting.current = true;
  };
  return { formRef, expectErrors };
}

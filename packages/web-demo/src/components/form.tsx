import { type FormEvent, type ReactNode, useEffect, useRef } from 'react';
import { Button } from './button.tsx';
import { Notice } from './notice.tsx';

interface Props {
  readonly label: string;
  readonly submit: string;
  readonly isPending: boolean;
  /** Why it was refused as a whole; null when it was not, or when the fields say it. */
  readonly failure: string | null;
  /** Changes with each refusal, so that the first refused field gets the focus. */
  readonly refusal: unknown;
  readonly onSubmit: (data: FormData, form: HTMLFormElement) => void;
  readonly children: ReactNode;
}

/** Fields, what is wrong with them as a whole, and the button that sends them. The server judges, not the browser. */
export function Form({ label, submit, isPending, failure, refusal, onSubmit, children }: Props) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (refusal) form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus();
  }, [refusal]);

  function send(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (!isPending) onSubmit(new FormData(event.currentTarget), event.currentTarget);
  }

  return (
    <form ref={form} aria-label={label} noValidate onSubmit={send} className="space-y-4">
      {children}
      {failure && <Notice tone="error" title={failure} />}
      <Button type="submit" look="solid" isBusy={isPending}>
        {submit}
      </Button>
    </form>
  );
}

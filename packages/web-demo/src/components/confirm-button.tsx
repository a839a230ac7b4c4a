import { useState } from 'react';
import { Button } from './button.tsx';

interface Props {
  /** What it does, with the name of what it does it to: for those who do not see the row it stands in. */
  readonly label: string;
  /** What is done, in a word or two. */
  readonly action: string;
  readonly isBusy?: boolean;
  readonly onConfirm: () => void;
}

/** A button that asks once more. The safe answer has the focus, so that pressing Enter twice does nothing. */
export function ConfirmButton({ label, action, isBusy = false, onConfirm }: Props) {
  const [isAsking, setAsking] = useState(false);
  if (!isAsking)
    return (
      <Button aria-label={label} isBusy={isBusy} onClick={() => setAsking(true)}>
        {action}
      </Button>
    );
  return (
    <fieldset aria-label={`${label}?`} className="inline-flex gap-1.5">
      <Button
        className="border-danger-line text-danger"
        onClick={() => {
          setAsking(false);
          onConfirm();
        }}
      >
        Yes, {action.toLowerCase()}
      </Button>
      <Button autoFocus onClick={() => setAsking(false)}>
        No
      </Button>
    </fieldset>
  );
}

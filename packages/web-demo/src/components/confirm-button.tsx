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

/**
 * A button that asks once more. The safe answer has the focus, so that pressing Enter twice does nothing; with the answer
 * it comes back, since it would go with the button that had it.
 */
export function ConfirmButton({ label, action, isBusy = false, onConfirm }: Props) {
  const [state, setState] = useState<'ready' | 'asking' | 'answered'>('ready');
  if (state !== 'asking')
    return (
      <Button
        aria-label={label}
        isBusy={isBusy}
        autoFocus={state === 'answered'}
        onClick={() => setState('asking')}
      >
        {action}
      </Button>
    );
  return (
    <fieldset aria-label={`${label}?`} className="inline-flex gap-1.5">
      <Button
        className="border-danger-line text-danger"
        onClick={() => {
          setState('answered');
          onConfirm();
        }}
      >
        Yes, {action.toLowerCase()}
      </Button>
      <Button autoFocus onClick={() => setState('answered')}>
        No
      </Button>
    </fieldset>
  );
}

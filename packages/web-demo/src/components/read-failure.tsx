import { explainError } from '../lib/form-failure.ts';
import { mayPass, useReadAgain } from '../lib/read-again.ts';
import { Button } from './button.tsx';
import { Notice } from './notice.tsx';

/** Why something is not here and, where that may pass, a way to try again. */
export function ReadFailure({ error }: { error: unknown }) {
  const readAgain = useReadAgain();
  return (
    <Notice tone="error" title={explainError(error)}>
      {mayPass(error) && (
        <Button className="mt-2" onClick={readAgain}>
          Try again
        </Button>
      )}
    </Notice>
  );
}

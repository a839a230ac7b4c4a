import { type ComponentProps, useId, useState } from 'react';
import { Button } from './button.tsx';
import { describeControl, FieldFrame, toFieldIds } from './field-frame.tsx';

type Props = Omit<ComponentProps<'input'>, 'name' | 'id'> & {
  name: string;
  label: string;
  help?: string | undefined;
  error?: string | undefined;
};

/** One line of text. A password can be looked at, which saves typing it twice. */
export function TextField({ name, label, help = '', error = '', type = 'text', ...props }: Props) {
  const [isShown, setShown] = useState(false);
  const ids = toFieldIds(useId(), name);
  const texts = { help: help || null, error: error || null };
  const isPassword = type === 'password';
  return (
    <FieldFrame ids={ids} label={label} unit={null} fact={props.required ? null : 'optional'} {...texts}>
      <div className="flex gap-2">
        <input
          {...props}
          {...describeControl(ids, texts)}
          name={name}
          type={isPassword && isShown ? 'text' : type}
          className="control"
        />
        {isPassword && (
          <Button
            aria-pressed={isShown}
            aria-label={`Show: ${label}`}
            onClick={() => setShown(!isShown)}
            className="shrink-0"
          >
            {isShown ? 'Hide' : 'Show'}
          </Button>
        )}
      </div>
    </FieldFrame>
  );
}

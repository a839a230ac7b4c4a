import { type ComponentProps, useId } from 'react';
import { describeControl, FieldFrame, toFieldIds } from './field-frame.tsx';

type Props = Omit<ComponentProps<'textarea'>, 'name' | 'id'> & {
  name: string;
  label: string;
  help?: string | undefined;
  error?: string | undefined;
};

/** Some lines of text. */
export function TextArea({ name, label, help = '', error = '', ...props }: Props) {
  const ids = toFieldIds(useId(), name);
  const texts = { help: help || null, error: error || null };
  return (
    <FieldFrame ids={ids} label={label} unit={null} fact={props.required ? null : 'optional'} {...texts}>
      <textarea rows={3} {...props} {...describeControl(ids, texts)} name={name} className="control" />
    </FieldFrame>
  );
}

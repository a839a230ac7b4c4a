import { type ComponentProps, useId } from 'react';
import { describeControl, FieldFrame, toFieldIds } from './field-frame.tsx';

type Props = Omit<ComponentProps<'select'>, 'name' | 'id'> & {
  name: string;
  label: string;
  options: Readonly<Record<string, string>>;
  help?: string | undefined;
  error?: string | undefined;
};

/** One of a few: `options` has the words for each value. */
export function SelectField({ name, label, options, help = '', error = '', ...props }: Props) {
  const ids = toFieldIds(useId(), name);
  const texts = { help: help || null, error: error || null };
  return (
    <FieldFrame ids={ids} label={label} unit={null} fact={null} {...texts}>
      <select {...props} {...describeControl(ids, texts)} name={name} className="control">
        {Object.entries(options).map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
    </FieldFrame>
  );
}

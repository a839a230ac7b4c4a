import type { ChangeEvent } from 'react';
import { describeControl, FieldFrame, type FieldIds } from '../../components/field-frame.tsx';
import { formatValue } from '../../lib/format.ts';
import type { Field } from './schema-fields.ts';

interface Props {
  readonly field: Exclude<Field, { kind: 'media' }>;
  readonly ids: FieldIds;
  readonly value: string;
  readonly error: string | null;
  readonly onChange: (text: string) => void;
}

/** A labelled control for one field. */
export function FieldControl(props: Props) {
  const { field, ids, error } = props;
  const { label, unit } = field;
  const isOptional = !field.isRequired || field.isNullable;
  const help = toHelp(field);
  return (
    <FieldFrame
      ids={ids}
      label={label}
      unit={unit}
      fact={isOptional ? 'optional' : null}
      help={help}
      error={error}
    >
      <Control {...props} help={help} />
    </FieldFrame>
  );
}

function Control({ field, ids, value, error, help, onChange }: Props & { help: string | null }) {
  const common = {
    ...describeControl(ids, { help, error }),
    name: field.name,
    value,
    required: field.isRequired && !field.isNullable,
    onChange: ({ target }: ChangeEvent<HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement>) =>
      onChange(target.value),
    className: 'control',
  };
  switch (field.kind) {
    case 'choice':
      return (
        <select {...common}>
          <NoChoice field={field} />
          {field.options.map((option) => (
            <option key={JSON.stringify(option)} value={JSON.stringify(option)}>
              {formatValue(option)}
            </option>
          ))}
        </select>
      );
    case 'boolean':
      return (
        <select {...common}>
          {!field.isRequired && <NoChoice field={field} />}
          <option value="true">Yes</option>
          <option value="false">No</option>
        </select>
      );
    case 'number':
      // not type=number: that would throw away what it cannot read, and change by the mouse wheel
      return (
        <input
          {...common}
          type="text"
          inputMode={field.isInteger ? 'numeric' : 'decimal'}
          autoComplete="off"
        />
      );
    case 'text':
      if (!field.isLong) return <input {...common} type="text" autoComplete="off" />;
      return <textarea {...common} rows={7} className="control resize-y" />;
    case 'json':
      return (
        <textarea {...common} rows={5} spellCheck={false} className="control resize-y font-mono text-sm" />
      );
  }
}

function NoChoice({ field }: { field: Field }) {
  return <option value="">{field.isRequired && !field.isNullable ? 'Choose…' : 'Not given'}</option>;
}

/** The rule of a field, where one can be said shortly, and what the contract says of it. */
function toHelp(field: Field): string | null {
  const rule = field.kind === 'number' ? toRange(field) : field.kind === 'json' ? 'JSON' : '';
  return [rule, field.help].filter(Boolean).join('. ') || null;
}

function toRange({ min, max }: { min: number | null; max: number | null }): string {
  if (min !== null && max !== null) return `${min} to ${max}`;
  if (min !== null) return `From ${min}`;
  return max !== null ? `Up to ${max}` : '';
}

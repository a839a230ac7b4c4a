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
  return (
    <FieldFrame ids={ids} label={field.label} facts={toFacts(field)} help={field.help} error={error}>
      <Control {...props} />
    </FieldFrame>
  );
}

function Control({ field, ids, value, error, onChange }: Props) {
  const common = {
    ...describeControl(ids, { help: field.help, error }),
    name: field.name,
    value,
    required: field.isRequired && !field.isNullable,
    onChange: ({ target }: ChangeEvent<HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement>) => onChange(target.value),
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
      return <input {...common} type="text" inputMode={field.isInteger ? 'numeric' : 'decimal'} autoComplete="off" />;
    case 'text':
      if (!field.isLong) return <input {...common} type="text" autoComplete="off" />;
      return <textarea {...common} rows={7} className="control resize-y" />;
    case 'json':
      return <textarea {...common} rows={5} spellCheck={false} className="control resize-y font-mono text-sm" />;
  }
}

function NoChoice({ field }: { field: Field }) {
  return <option value="">{field.isRequired && !field.isNullable ? 'Choose…' : 'Not given'}</option>;
}

/** The rules of a field, as short as possible: `10 to 100 mm`, `optional`. */
function toFacts(field: Field): string[] {
  const facts: string[] = [];
  if (field.kind === 'number') facts.push(toRange(field, field.unit));
  if (field.kind === 'json') facts.push('JSON');
  if (!field.isRequired || field.isNullable) facts.push('optional');
  return facts.filter((fact) => fact !== '');
}

function toRange({ min, max }: { min: number | null; max: number | null }, unit: string | null): string {
  const suffix = unit ? ` ${unit}` : '';
  if (min !== null && max !== null) return `${min} to ${max}${suffix}`;
  if (min !== null) return `from ${min}${suffix}`;
  return max !== null ? `up to ${max}${suffix}` : (unit ?? '');
}

import type { Column, ColumnMapping, ProposedMapping } from '@oriel/schemas';
import { Badge } from '../../components/badge.tsx';
import { readFieldName } from '../../lib/field-name.ts';

interface Props {
  readonly fields: ProposedMapping['fields'];
  readonly columns: readonly Column[];
  readonly mapping: ColumnMapping;
  readonly onChange: (field: string, column: string | null) => void;
}

/** For each field of the model's input, the column that fills it. */
export function MappingTable({ fields, columns, mapping, onChange }: Props) {
  return (
    <ul aria-label="Fields" className="divide-y divide-line">
      {fields.map((field) => (
        <FieldRow
          key={field.field}
          field={field}
          columns={columns}
          column={mapping[field.field] ?? null}
          onChange={(column) => onChange(field.field, column)}
        />
      ))}
    </ul>
  );
}

interface RowProps {
  readonly field: ProposedMapping['fields'][number];
  readonly columns: readonly Column[];
  readonly column: string | null;
  readonly onChange: (column: string | null) => void;
}

function FieldRow({
  field: { field, isRequired, column: proposed, reason },
  columns,
  column,
  onChange,
}: RowProps) {
  const { label, unit } = readFieldName(field);
  return (
    <li className="grid items-center gap-x-4 gap-y-1 py-2.5 text-sm sm:grid-cols-[12rem_18rem_1fr]">
      <p className="flex flex-wrap items-center gap-2 font-medium">
        <span>
          {label}
          {unit !== null && <span className="font-normal text-muted"> ({unit})</span>}
        </span>
        {isRequired && column === null && <Badge tone="danger">needed</Badge>}
      </p>
      <select
        aria-label={`Column for ${label}`}
        value={column ?? ''}
        onChange={({ target }) => onChange(target.value === '' ? null : target.value)}
        className="control"
      >
        <option value="">{isRequired ? 'none yet' : 'leave it out'}</option>
        {columns.map(({ name, type }) => (
          <option key={name} value={name}>
            {name} ({type})
          </option>
        ))}
      </select>
      <p className="text-xs text-muted">{column === proposed ? reason : 'You chose it.'}</p>
    </li>
  );
}

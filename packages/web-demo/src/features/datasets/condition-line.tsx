import type { Column } from '@oriel/schemas';
import { X } from 'lucide-react';
import { useId } from 'react';
import { Button } from '../../components/button.tsx';
import {
  type Comparison,
  type ConditionDraft,
  comparisons,
  hasValue,
  listComparisons,
} from './row-filter-draft.ts';

interface Props {
  /** Its place among the others, from 1. */
  readonly number: number;
  readonly condition: ConditionDraft;
  readonly columns: readonly Column[];
  readonly error: string | null;
  readonly onChange: (change: Partial<ConditionDraft>) => void;
  readonly onRemove: () => void;
}

/** One comparison: a column, how, and with what. */
export function ConditionLine({ number, condition, columns, error, onChange, onRemove }: Props) {
  const { column: name, comparison, text } = condition;
  const errorId = useId();
  const typeOf = (column: string) => columns.find((each) => each.name === column)?.type ?? 'text';
  const offered = listComparisons(typeOf(name));

  function chooseColumn(column: string) {
    const [first = 'empty', ...others] = listComparisons(typeOf(column));
    onChange({ column, comparison: others.includes(comparison) ? comparison : first });
  }

  return (
    <fieldset className="flex flex-wrap items-start gap-2">
      <legend className="sr-only">Condition {number}</legend>
      <select
        aria-label="Column"
        value={name}
        onChange={(event) => chooseColumn(event.target.value)}
        className="control w-auto! max-w-52"
      >
        {columns.map((column) => (
          <option key={column.name}>{column.name}</option>
        ))}
      </select>
      <select
        aria-label="Comparison"
        value={comparison}
        // the options are the keys of the table
        onChange={(event) => onChange({ comparison: event.target.value as Comparison })}
        className="control w-auto!"
      >
        {offered.map((each) => (
          <option key={each} value={each}>
            {comparisons[each]}
          </option>
        ))}
      </select>
      {hasValue(comparison) && (
        <div className="min-w-36 flex-1">
          <input
            aria-label="Value"
            aria-invalid={error !== null || undefined}
            aria-describedby={error === null ? undefined : errorId}
            value={text}
            placeholder={comparison === 'in' ? 'several, with commas' : undefined}
            onChange={(event) => onChange({ text: event.target.value })}
            className="control"
          />
          {error !== null && (
            <p id={errorId} className="mt-1 text-sm font-medium text-danger first-letter:uppercase">
              {error}
            </p>
          )}
        </div>
      )}
      <Button look="quiet" aria-label={`Remove condition ${number}`} onClick={onRemove}>
        <X aria-hidden className="size-4" />
      </Button>
    </fieldset>
  );
}

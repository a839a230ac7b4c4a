import type { Column, RowFilter } from '@oriel/schemas';
import { Plus } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { ConditionLine } from './condition-line.tsx';
import { type ConditionDraft, listComparisons, toRowFilter } from './row-filter-draft.ts';

interface Props {
  readonly columns: readonly Column[];
  readonly onApply: (filter: RowFilter | undefined) => void;
}

const joins = { and: 'all of these', or: 'any of these' } as const;

/** Which rows to show: comparisons that a person puts together, sent once they are right. */
export function FilterBuilder({ columns, onApply }: Props) {
  const [conditions, setConditions] = useState<readonly ConditionDraft[]>([]);
  const [join, setJoin] = useState<keyof typeof joins>('and');
  const [errors, setErrors] = useState<Readonly<Record<number, string>>>({});

  function add() {
    const [first] = columns;
    if (!first) return;
    const id = Math.max(0, ...conditions.map((condition) => condition.id)) + 1;
    const [comparison = 'empty'] = listComparisons(first.type);
    setConditions([...conditions, { id, column: first.name, comparison, text: '' }]);
  }

  function apply(event: FormEvent) {
    event.preventDefault();
    const result = toRowFilter(conditions, columns, join);
    setErrors(result.errors);
    if (Object.keys(result.errors).length === 0) onApply(result.filter);
  }

  function remove(id: number) {
    const rest = conditions.filter((condition) => condition.id !== id);
    setConditions(rest);
    if (rest.length === 0) {
      setErrors({});
      onApply(undefined);
    }
  }

  return (
    <form aria-label="Filter" noValidate onSubmit={apply} className="space-y-2">
      {conditions.length > 1 && (
        <p className="flex items-center gap-2 text-sm">
          <label htmlFor="join">Rows where</label>
          <select
            id="join"
            value={join}
            onChange={(event) => setJoin(event.target.value === 'or' ? 'or' : 'and')}
            className="control w-auto!"
          >
            {Object.entries(joins).map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </select>
          hold
        </p>
      )}
      {conditions.map((condition, place) => (
        <ConditionLine
          key={condition.id}
          number={place + 1}
          condition={condition}
          columns={columns}
          error={errors[condition.id] ?? null}
          onChange={(change) =>
            setConditions(
              conditions.map((each) => (each.id === condition.id ? { ...each, ...change } : each)),
            )
          }
          onRemove={() => remove(condition.id)}
        />
      ))}
      <div className="flex flex-wrap gap-2">
        <Button onClick={add}>
          <Plus aria-hidden className="size-4" /> Add a condition
        </Button>
        {conditions.length > 0 && (
          <Button type="submit" look="solid" className="py-1.5!">
            Filter
          </Button>
        )}
      </div>
    </form>
  );
}

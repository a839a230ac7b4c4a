import { useId } from 'react';

interface Props {
  readonly name: string;
  readonly legend: string;
  /** The words for each value. */
  readonly options: Readonly<Record<string, string>>;
  readonly checked?: readonly string[];
  readonly error?: string | undefined;
}

/** Any number of a few. */
export function CheckboxGroup({ name, legend, options, checked = [], error }: Props) {
  const errorId = useId();
  return (
    <fieldset aria-describedby={error ? errorId : undefined}>
      <legend className="mb-1 text-sm font-medium">{legend}</legend>
      <div className="grid gap-x-4 gap-y-1 sm:grid-cols-2">
        {Object.entries(options).map(([value, words]) => (
          <label key={value} className="flex items-center gap-2 text-sm">
            <input type="checkbox" name={name} value={value} defaultChecked={checked.includes(value)} />
            {words}
          </label>
        ))}
      </div>
      {error && (
        <p id={errorId} className="mt-1 text-sm font-medium text-danger first-letter:uppercase">
          {error}
        </p>
      )}
    </fieldset>
  );
}

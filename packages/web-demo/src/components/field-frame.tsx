import type { ReactNode } from 'react';

/** The ids that tie a control to its help and its error. */
export interface FieldIds {
  readonly control: string;
  readonly help: string;
  readonly error: string;
}

export function toFieldIds(prefix: string, name: string): FieldIds {
  const control = `${prefix}-${name}`;
  return { control, help: `${control}-help`, error: `${control}-error` };
}

interface Props {
  readonly ids: FieldIds;
  readonly label: string;
  readonly unit: string | null;
  /** A word or two at the end of the label's line, e.g. that the field is optional. */
  readonly fact: string | null;
  readonly help: string | null;
  readonly error: string | null;
  readonly children: ReactNode;
}

/** Label above, help below, and the error in its place beside the control. */
export function FieldFrame({ ids, label, unit, fact, help, error, children }: Props) {
  return (
    <div>
      <div className="mb-1 flex flex-wrap items-baseline justify-between gap-x-3">
        <label htmlFor={ids.control} className="text-sm font-medium">
          {label}
          {unit !== null && <span className="font-normal text-muted"> ({unit})</span>}
        </label>
        <span className="text-xs text-muted">{fact}</span>
      </div>
      {children}
      {error !== null && (
        <p id={ids.error} className="mt-1 text-sm font-medium text-danger first-letter:uppercase">
          {error}
        </p>
      )}
      {help !== null && (
        <p id={ids.help} className="mt-1 text-xs text-muted">
          {help}
        </p>
      )}
    </div>
  );
}

/** What a control says about itself to assistive technology. */
export function describeControl(
  ids: FieldIds,
  { help, error }: { help: string | null; error: string | null },
) {
  const describedBy = [error !== null && ids.error, help !== null && ids.help].filter(Boolean).join(' ');
  return {
    id: ids.control,
    'aria-invalid': error !== null ? (true as const) : undefined,
    'aria-describedby': describedBy || undefined,
  };
}

import { FileUp } from 'lucide-react';
import type { ChangeEvent } from 'react';
import { useDropTarget } from './use-drop-target.ts';

interface Props {
  /** What the files are for. */
  readonly label: string;
  readonly hint: string;
  /** As the browser's own dialogue wants it, e.g. `.csv,.json`. */
  readonly accept: string;
  readonly isMultiple?: boolean;
  readonly onFiles: (files: readonly File[]) => void;
}

/** Takes files that are chosen, or dropped here. */
export function FileDrop({ label, hint, accept, isMultiple = false, onFiles }: Props) {
  const take = (files: Iterable<File>) => {
    const chosen = [...files].slice(0, isMultiple ? undefined : 1);
    if (chosen.length > 0) onFiles(chosen);
  };
  const { isOver, dropTarget } = useDropTarget(take);

  function onChange({ target }: ChangeEvent<HTMLInputElement>) {
    take(target.files ?? []);
    // else choosing the same file again would go unnoticed
    target.value = '';
  }

  return (
    <div
      {...dropTarget}
      data-testid="drop-target"
      className={`flex flex-wrap items-center justify-center gap-x-3 gap-y-1 rounded-xl border border-dashed p-6 text-sm ${isOver ? 'border-accent bg-soft' : 'border-control'}`}
    >
      <label className="inline-flex cursor-pointer items-center gap-1.5 rounded-lg border border-control bg-card px-3 py-1.5 hover:bg-hover has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-solid">
        <FileUp aria-hidden className="size-4" /> {isMultiple ? 'Choose files' : 'Choose a file'}
        <input
          type="file"
          accept={accept}
          multiple={isMultiple}
          onChange={onChange}
          className="sr-only"
          aria-label={label}
        />
      </label>
      <span className="text-muted">{hint}</span>
    </div>
  );
}

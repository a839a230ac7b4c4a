import { ImageUp } from 'lucide-react';
import type { ChangeEvent } from 'react';
import { describeControl, FieldFrame, type FieldIds } from '../../../components/field-frame.tsx';
import type { Field } from '../schema-fields.ts';
import { DrawingPad } from './drawing-pad.tsx';
import { ImagePreview } from './image-preview.tsx';
import { useDrawnImage } from './use-drawn-image.ts';
import { useImageFiles } from './use-image-files.ts';

export type MediaField = Extract<Field, { kind: 'media' }>;

interface Props {
  readonly field: MediaField;
  readonly ids: FieldIds;
  readonly error: string | null;
  /** A file, e.g. of an example, that is shown in place of the pad. */
  readonly file: Blob | null;
  readonly onFile: (file: Blob | null) => void;
  readonly onDrawn: (image: Blob | null) => void;
}

/** An image: drawn, dropped, pasted or chosen. */
export function ImageInput({ field, ids, error, file, onFile, onDrawn }: Props) {
  const [drawing, dispatch] = useDrawnImage(onDrawn);
  const { isOver, dropTarget } = useImageFiles(onFile);

  return (
    <FieldFrame
      ids={ids}
      label={field.label}
      unit={null}
      fact={field.types.map(toShortType).join(', ')}
      help={field.help}
      error={error}
    >
      <div
        {...dropTarget}
        className={`rounded-xl ${isOver ? 'outline-2 outline-offset-4 outline-solid outline-dashed' : ''}`}
      >
        {file ? (
          <ImagePreview image={file} onRemove={() => onFile(null)} />
        ) : (
          <DrawingPad label={`Draw: ${field.label}`} drawing={drawing} dispatch={dispatch} />
        )}
      </div>
      <FileChooser field={field} ids={ids} error={error} onFile={onFile} />
    </FieldFrame>
  );
}

function FileChooser({ field, ids, error, onFile }: Pick<Props, 'field' | 'ids' | 'error' | 'onFile'>) {
  function onChange({ target }: ChangeEvent<HTMLInputElement>) {
    const chosen = target.files?.[0];
    if (chosen) onFile(chosen);
    // else choosing the same file again would go unnoticed
    target.value = '';
  }

  return (
    <div className="mt-3 flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
      <label className="inline-flex cursor-pointer items-center gap-1.5 rounded-lg border border-control bg-card px-3 py-1.5 hover:bg-hover has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-solid">
        <ImageUp aria-hidden className="size-4" /> Choose a file
        <input
          type="file"
          accept={field.types.join(',')}
          onChange={onChange}
          className="sr-only"
          aria-label={`${field.label}: choose a file`}
          {...describeControl(ids, { help: field.help, error })}
        />
      </label>
      <span className="text-muted">or drop or paste an image</span>
    </div>
  );
}

function toShortType(type: string): string {
  return (type.split('/')[1] ?? type).toUpperCase();
}

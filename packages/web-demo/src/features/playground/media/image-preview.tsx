import { X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from '../../../components/button.tsx';
import { formatBytes } from '../../../lib/format.ts';

/** The image that was chosen, and a way back to drawing. */
export function ImagePreview({ image, onRemove }: { image: Blob; onRemove: () => void }) {
  const url = useObjectUrl(image);
  const name = image instanceof File ? image.name : 'Image';
  return (
    <div className="grid items-start gap-x-5 gap-y-3 @md:grid-cols-[minmax(0,19rem)_1fr]">
      <div className="grid aspect-square w-full place-items-center overflow-hidden rounded-xl border border-line bg-sunken">
        {url && <img src={url} alt={`Chosen: ${name}`} className="max-h-full max-w-full" />}
      </div>
      <div className="min-w-0 space-y-3">
        <Button onClick={onRemove}>
          <X aria-hidden className="size-4" /> Remove
        </Button>
        <p className="text-xs wrap-anywhere text-muted">
          {name}, {formatBytes(image.size)}
        </p>
      </div>
    </div>
  );
}

function useObjectUrl(blob: Blob): string | null {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    const made = URL.createObjectURL(blob);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [blob]);
  return url;
}

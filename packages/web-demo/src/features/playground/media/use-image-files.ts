import { type DragEvent, useEffect, useEffectEvent, useState } from 'react';

/** Takes files that are dropped on an element or pasted anywhere on the page. */
export function useImageFiles(onFile: (file: File) => void) {
  const [isOver, setOver] = useState(false);
  const take = useEffectEvent(onFile);

  useEffect(() => {
    function onPaste(event: ClipboardEvent) {
      const file = firstFile(event.clipboardData);
      if (!file) return;
      event.preventDefault();
      take(file);
    }
    document.addEventListener('paste', onPaste);
    return () => document.removeEventListener('paste', onPaste);
  }, []);

  const dropTarget = {
    onDragOver(event: DragEvent) {
      // without this, the browser would open the file in place of the page
      event.preventDefault();
      setOver(true);
    },
    onDragLeave: () => setOver(false),
    onDrop(event: DragEvent) {
      event.preventDefault();
      setOver(false);
      const file = firstFile(event.dataTransfer);
      if (file) onFile(file);
    },
  };
  return { isOver, dropTarget };
}

function firstFile(data: DataTransfer | null): File | null {
  return data?.files[0] ?? null;
}

import { useEffect, useEffectEvent } from 'react';
import { useDropTarget } from '../../../components/use-drop-target.ts';

/** Takes files that are dropped on an element or pasted anywhere on the page. */
export function useImageFiles(onFile: (file: File) => void) {
  const take = useEffectEvent(onFile);

  useEffect(() => {
    function onPaste(event: ClipboardEvent) {
      const file = event.clipboardData?.files[0];
      if (!file) return;
      event.preventDefault();
      take(file);
    }
    document.addEventListener('paste', onPaste);
    return () => document.removeEventListener('paste', onPaste);
  }, []);

  return useDropTarget(([file]) => {
    if (file) onFile(file);
  });
}

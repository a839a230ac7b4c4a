import { type DragEvent, useState } from 'react';

/** Makes an element take files that are dropped on it; says while something is held over it. */
export function useDropTarget(onFiles: (files: FileList) => void) {
  const [isOver, setOver] = useState(false);
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
      onFiles(event.dataTransfer.files);
    },
  };
  return { isOver, dropTarget };
}

import { useQueryClient } from '@tanstack/react-query';
import { useReducer, useRef } from 'react';
import { useTRPC, useTRPCClient } from '../../lib/trpc.ts';
import { nextUploads, toItemError } from './uploads.ts';

/**
 * Sends files to the server, all at once, and tells how far they are. What is on its way goes on when other things are
 * shown; the list of datasets tells then what became of it.
 *
 * @param datasetId - the dataset that they are new versions of; null: each becomes one of its own
 */
export function useUploads(datasetId: string | null) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const [uploads, dispatch] = useReducer(nextUploads, []);
  const running = useRef(new Map<number, AbortController>());
  const lastId = useRef(0);

  async function send(file: File) {
    lastId.current += 1;
    const id = lastId.current;
    const controller = new AbortController();
    running.current.set(id, controller);
    dispatch({ type: 'begun', id, name: file.name, sizeBytes: file.size });
    const stopAsking = askBeforeLeaving();
    try {
      const dataset = await client.datasets.upload(file, {
        ...(datasetId !== null && { datasetId }),
        signal: controller.signal,
        onProgress({ phase, sentBytes }) {
          if (phase === 'importing') stopAsking();
          dispatch({ type: 'sent', id, sentBytes });
        },
      });
      dispatch({ type: 'ready', id, dataset });
    } catch (error) {
      dispatch({ type: 'failed', id, error: toItemError(error) });
    }
    stopAsking();
    running.current.delete(id);
    await queryClient.invalidateQueries(trpc.datasets.pathFilter());
  }

  return {
    uploads,
    start: (files: readonly File[]) => {
      for (const file of files) void send(file);
    },
    stop: (id: number) => running.current.get(id)?.abort(),
    dismiss: (id: number) => dispatch({ type: 'dismissed', id }),
  };
}

/**
 * Closing the page ends what is on its way: the browser asks whether one means it, whatever the page shows by then.
 *
 * @returns ends the asking
 */
function askBeforeLeaving(): () => void {
  // one of its own for each upload: the same one would be there once, and go with the first
  const ask = (event: BeforeUnloadEvent) => event.preventDefault();
  window.addEventListener('beforeunload', ask);
  return () => window.removeEventListener('beforeunload', ask);
}

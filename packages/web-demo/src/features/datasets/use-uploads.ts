import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useReducer, useRef } from 'react';
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

  useAskBeforeLeaving(uploads.some(({ state }) => state === 'sending'));

  async function send(file: File) {
    lastId.current += 1;
    const id = lastId.current;
    const controller = new AbortController();
    running.current.set(id, controller);
    dispatch({ type: 'begun', id, name: file.name, sizeBytes: file.size });
    try {
      const dataset = await client.datasets.upload(file, {
        ...(datasetId !== null && { datasetId }),
        signal: controller.signal,
        onProgress: ({ sentBytes }) => dispatch({ type: 'sent', id, sentBytes }),
      });
      dispatch({ type: 'ready', id, dataset });
    } catch (error) {
      dispatch({ type: 'failed', id, error: toItemError(error) });
    }
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

/** Closing the page ends what is on its way: the browser asks whether one means it. */
function useAskBeforeLeaving(isSending: boolean): void {
  useEffect(() => {
    if (!isSending) return undefined;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [isSending]);
}

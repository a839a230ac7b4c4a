import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTRPC, useTRPCClient } from '../../lib/trpc.ts';
import { isSuperseded } from './failure.ts';
import { predict, type TimedAnswer } from './predict.ts';

/** Records are written in the background and can be listed within a second. */
const recordDelayMs = 1200;

export interface Prediction {
  /** Sends an input; a request that is still under way is aborted, since its answer would be out of date. */
  readonly run: (input: unknown) => void;
  /** Forgets the answer and aborts what is under way. */
  readonly reset: () => void;
  readonly isPending: boolean;
  readonly error: Error | null;
  /** The last answer: it stays while the next one is on its way, and goes when that fails. */
  readonly answered: TimedAnswer | null;
}

/** Predictions with one model, one at a time. */
export function usePrediction(modelId: string): Prediction {
  const client = useTRPCClient();
  const running = useRef<AbortController>(null);
  const [answered, setAnswered] = useState<TimedAnswer | null>(null);
  const refreshRecords = useRefreshRecords();

  const mutation = useMutation({
    mutationFn: (input: unknown) => {
      running.current?.abort();
      const controller = new AbortController();
      running.current = controller;
      return predict(client, { modelId, input, signal: controller.signal });
    },
    onSuccess: setAnswered,
    onError: (error) => {
      if (!isSuperseded(error)) setAnswered(null);
    },
    onSettled: refreshRecords,
  });

  useEffect(() => () => running.current?.abort(), []);

  return {
    run: mutation.mutate,
    reset() {
      running.current?.abort();
      mutation.reset();
      setAnswered(null);
    },
    isPending: mutation.isPending,
    error: mutation.error,
    answered,
  };
}

/** Has lists of recorded predictions read again once what was just predicted is in them. */
function useRefreshRecords(): () => void {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(
      () => void queryClient.invalidateQueries(trpc.predictions.pathFilter()),
      recordDelayMs,
    );
  };
}

import { createClient, type OrielClient } from '@oriel/client';
import { QueryClient } from '@tanstack/react-query';

export { useTRPC, useTRPCClient } from '@oriel/client/react';

/** The typed client of the server that served this page. */
export function createPageClient(): OrielClient {
  return createClient({ url: window.location.origin });
}

/**
 * Nothing is retried unseen: a failure is on screen at once, with a way to try again. `always`, since the browser's
 * idea of being offline says nothing about a server on this machine.
 */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { retry: false, networkMode: 'always', refetchOnWindowFocus: false, staleTime: 10_000 },
      mutations: { retry: false, networkMode: 'always' },
    },
  });
}

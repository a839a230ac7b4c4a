import { createClient, hasErrorCode, type OrielClient } from '@oriel/client';
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';

export { useTRPC, useTRPCClient } from '@oriel/client/react';

/** The typed client of the server that served this page, for whoever is signed in. */
export function createPageClient(): OrielClient {
  return createClient({ url: window.location.origin, auth: 'session' });
}

/**
 * Nothing is retried unseen: a failure is on screen at once, with a way to try again. `always`, since the browser's
 * idea of being offline says nothing about a server on this machine.
 */
export function createQueryClient(): QueryClient {
  // a session may end at any time: the page then asks who is signed in, and shows what is left to do
  const onError = (error: Error) => {
    if (hasErrorCode(error, 'UNAUTHENTICATED'))
      void client.invalidateQueries({ queryKey: [['auth', 'state']] });
  };
  const client = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: { retry: false, networkMode: 'always', refetchOnWindowFocus: false, staleTime: 10_000 },
      mutations: { retry: false, networkMode: 'always' },
    },
  });
  return client;
}

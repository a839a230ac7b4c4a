import type { User } from '@oriel/schemas';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTRPC } from './trpc.ts';

/** How soon to ask again while that is not known. */
const retryMs = 3000;

/** Who is signed in, and what signing in is like on this server. */
export function useAuthState() {
  const trpc = useTRPC();
  return useQuery(
    trpc.auth.state.queryOptions(undefined, {
      staleTime: 60_000,
      refetchInterval: ({ state }) => (state.error ? retryMs : false),
    }),
  );
}

/** Who is signed in; null for nobody, and as long as it is not known. */
export function useUser(): User | null {
  return useAuthState().data?.user ?? null;
}

/** Whether what is listed is everybody's. */
export function useIsAdmin(): boolean {
  return useUser()?.role === 'admin';
}

/** To be called after signing in or out: what one may see is another now, so all of it is read again. */
export function useForgetAll(): () => Promise<void> {
  const queryClient = useQueryClient();
  return () => queryClient.resetQueries();
}

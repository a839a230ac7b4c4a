import type { AppRouter } from '@oriel/server';
import { createTRPCContext } from '@trpc/tanstack-react-query';

/** Provider and hooks of the typed client for TanStack Query. */
export const { TRPCProvider, useTRPC, useTRPCClient } = createTRPCContext<AppRouter>();

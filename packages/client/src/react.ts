import type { AppRouter } from '@oriel/server';
import { createTRPCContext } from '@trpc/tanstack-react-query';
import type { ComponentProps } from 'react';
import type { OrielClient } from './oriel-client.ts';

const context = createTRPCContext<AppRouter>();

type ProviderProps = Omit<ComponentProps<typeof context.TRPCProvider>, 'trpcClient'> & {
  readonly trpcClient: OrielClient;
};

/** Provider of the typed client for TanStack Query. */
export const TRPCProvider: (props: ProviderProps) => ReturnType<typeof context.TRPCProvider> =
  context.TRPCProvider;
export const { useTRPC } = context;
/** The client that the provider was given, helpers for uploads and jobs included. */
// it is the one of the provider above, which takes no client without them
export const useTRPCClient = context.useTRPCClient as () => OrielClient;

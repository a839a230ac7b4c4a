import type { Session } from '@oriel/schemas';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Badge } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { Panel } from '../../components/panel.tsx';
import { QueryState } from '../../components/query-state.tsx';
import { toBrowserName } from '../../lib/browser-name.ts';
import { formatDate, formatTime } from '../../lib/format.ts';
import { useTRPC } from '../../lib/trpc.ts';

/** The browsers that are signed in, to end those that are not one's own any more. */
export function SessionsPanel() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const sessions = useQuery(trpc.auth.sessions.list.queryOptions());
  const refresh = () => queryClient.invalidateQueries(trpc.auth.sessions.pathFilter());
  const end = useMutation(trpc.auth.sessions.end.mutationOptions({ onSettled: refresh }));
  const endOthers = useMutation(trpc.auth.sessions.endOthers.mutationOptions({ onSettled: refresh }));
  const hasOthers = sessions.data?.items.some(({ isCurrent }) => !isCurrent) ?? false;

  return (
    <Panel
      title="Signed-in browsers"
      aside={
        hasOthers && (
          <Button isBusy={endOthers.isPending} onClick={() => endOthers.mutate()}>
            Sign out all others
          </Button>
        )
      }
    >
      <QueryState
        isPending={sessions.isPending}
        error={sessions.error}
        actionError={end.error ?? endOthers.error}
      />
      <ul className="divide-y divide-line">
        {sessions.data?.items.map((session) => (
          <SessionRow
            key={session.id}
            session={session}
            isBusy={end.isPending}
            onEnd={() => end.mutate({ id: session.id })}
          />
        ))}
      </ul>
    </Panel>
  );
}

interface RowProps {
  readonly session: Session;
  readonly isBusy: boolean;
  readonly onEnd: () => void;
}

function SessionRow({ session, isBusy, onEnd }: RowProps) {
  const { userAgent, ipPrefix, isCurrent, lastSeenAt, expiresAt } = session;
  const browser = toBrowserName(userAgent);
  return (
    <li className="flex flex-wrap items-center justify-between gap-2 py-2.5 text-sm">
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-2 font-medium">
          <span title={userAgent}>{browser}</span> {isCurrent && <Badge tone="accent">this browser</Badge>}
        </p>
        <p className="text-xs text-muted">
          {ipPrefix !== null && `From ${ipPrefix} · `}seen {formatTime(lastSeenAt)} · ends{' '}
          {formatDate(expiresAt)}
        </p>
      </div>
      {!isCurrent && (
        <Button isBusy={isBusy} onClick={onEnd} aria-label={`Sign out: ${browser}`}>
          Sign out
        </Button>
      )}
    </li>
  );
}

import { type AuditEvent, auditActionSchema } from '@oriel/schemas';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Panel } from '../../components/panel.tsx';
import { QueryState } from '../../components/query-state.tsx';
import { explainError } from '../../lib/form-failure.ts';
import { formatTime, formatValue } from '../../lib/format.ts';
import { firstPage, useTRPC, useTRPCClient } from '../../lib/trpc.ts';

/** What happened to the safety of the server, newest first. */
export function AuditPanel() {
  const trpc = useTRPC();
  const [named, setNamed] = useState('');
  const action = auditActionSchema.safeParse(named).data;
  const client = useTRPCClient();
  // not tRPC's own: it sends a direction, which lists that only go one way refuse
  const events = useInfiniteQuery({
    queryKey: trpc.audit.list.infiniteQueryKey({ action }),
    queryFn: ({ pageParam, signal }) => client.audit.list.query({ action, cursor: pageParam }, { signal }),
    initialPageParam: firstPage,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  });
  const items = events.data?.pages.flatMap((page) => page.items) ?? [];

  return (
    <Panel
      title="Audit log"
      aside={
        <select
          aria-label="Show"
          value={named}
          onChange={(event) => setNamed(event.target.value)}
          className="control w-auto!"
        >
          <option value="">All events</option>
          {auditActionSchema.options.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
      }
    >
      <QueryState isPending={events.isPending} error={events.error && explainError(events.error)} />
      {events.data && items.length === 0 && (
        <p className="text-sm text-muted">There is nothing of the kind.</p>
      )}
      {items.length > 0 && <AuditTable events={items} />}
      {events.hasNextPage && (
        <Button
          className="mt-3"
          isBusy={events.isFetchingNextPage}
          onClick={() => void events.fetchNextPage()}
        >
          Older
        </Button>
      )}
    </Panel>
  );
}

function AuditTable({ events }: { events: readonly AuditEvent[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section aria-label="Events" tabIndex={0} className="overflow-x-auto">
      <table className="w-full text-left text-[0.8125rem] whitespace-nowrap">
        <thead className="border-b border-line text-xs text-muted">
          <tr>
            {['Time', 'Event', 'By', 'On', 'From', 'Detail'].map((title) => (
              <th key={title} scope="col" className="py-2 pr-3 font-medium">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {events.map((event) => (
            <AuditRow key={event.id} event={event} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function AuditRow({ event: { at, action, actor, target, ip, detail } }: { event: AuditEvent }) {
  const hasDetail = Object.keys(detail).length > 0;
  return (
    <tr className="border-b border-line last:border-0">
      <td className="py-2 pr-3 tabular-nums">
        <time dateTime={at}>{formatTime(at)}</time>
      </td>
      <td className="py-2 pr-3">{action}</td>
      <td className="py-2 pr-3 font-mono text-xs" title={actor}>
        {formatValue(actor, 22)}
      </td>
      <td className="py-2 pr-3 font-mono text-xs" title={target ?? undefined}>
        {target === null ? '–' : formatValue(target, 22)}
      </td>
      <td className="py-2 pr-3">{ip ?? '–'}</td>
      <td className="py-2" title={hasDetail ? JSON.stringify(detail) : undefined}>
        {hasDetail ? formatValue(detail) : '–'}
      </td>
    </tr>
  );
}

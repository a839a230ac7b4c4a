import { type AuditEvent, auditActionSchema } from '@oriel/schemas';
import { useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Panel } from '../../components/panel.tsx';
import { QueryState } from '../../components/query-state.tsx';
import { ScrolledTable } from '../../components/scrolled-table.tsx';
import { formatTime, formatValue } from '../../lib/format.ts';
import { usePagedList } from '../../lib/paged-list.ts';
import { useTRPC, useTRPCClient } from '../../lib/trpc.ts';

/** What happened to the safety of the server, newest first. */
export function AuditPanel() {
  const trpc = useTRPC();
  const [named, setNamed] = useState('');
  const action = auditActionSchema.safeParse(named).data;
  const client = useTRPCClient();
  const { query: events, items } = usePagedList({
    queryKey: trpc.audit.list.infiniteQueryKey({ action }),
    readPage: (cursor, signal) => client.audit.list.query({ action, cursor }, { signal }),
  });

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
      <QueryState isPending={events.isPending} error={events.error} />
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
    <ScrolledTable label="Events" titles={['Time', 'Event', 'By', 'On', 'From', 'Detail']} isUnwrapped>
      {events.map((event) => (
        <AuditRow key={event.id} event={event} />
      ))}
    </ScrolledTable>
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

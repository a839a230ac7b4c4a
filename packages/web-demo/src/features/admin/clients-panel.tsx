import type { NewOauthClient, OauthClient } from '@oriel/schemas';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Badge } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { Panel } from '../../components/panel.tsx';
import { QueryState } from '../../components/query-state.tsx';
import { SecretOnce } from '../../components/secret-once.tsx';
import { formatDate } from '../../lib/format.ts';
import { useTRPC } from '../../lib/trpc.ts';
import { NewClientForm } from './new-client-form.tsx';

/** Programs with an account of their own: they get short-lived access tokens with it. */
export function ClientsPanel() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [isMaking, setMaking] = useState(false);
  const [made, setMade] = useState<NewOauthClient | null>(null);
  const clients = useQuery(trpc.clients.list.queryOptions());
  const refresh = () => queryClient.invalidateQueries(trpc.clients.pathFilter());
  const revoke = useMutation(trpc.clients.revoke.mutationOptions({ onSettled: refresh }));

  return (
    <Panel
      title="Service clients"
      aside={!isMaking && <Button onClick={() => setMaking(true)}>Add a client</Button>}
    >
      <div className="space-y-4">
        {isMaking && (
          <NewClientForm
            onCancel={() => setMaking(false)}
            onMade={(client) => {
              setMaking(false);
              setMade(client);
              void refresh();
            }}
          />
        )}
        {made && (
          <SecretOnce
            title={`The secret of ${made.client.name}`}
            label="Client secret"
            secret={made.secret}
            onDone={() => setMade(null)}
          >
            <p>
              Its client id is <code className="font-mono">{made.client.id}</code>.
            </p>
          </SecretOnce>
        )}
        <QueryState isPending={clients.isPending} error={clients.error} actionError={revoke.error} />
        {clients.data?.items.length === 0 && <p className="text-sm text-muted">There is none yet.</p>}
        <ul className="divide-y divide-line">
          {clients.data?.items.map((client) => (
            <ClientRow
              key={client.id}
              client={client}
              isBusy={revoke.isPending}
              onRevoke={() => revoke.mutate({ id: client.id })}
            />
          ))}
        </ul>
      </div>
    </Panel>
  );
}

interface RowProps {
  readonly client: OauthClient;
  readonly isBusy: boolean;
  readonly onRevoke: () => void;
}

function ClientRow({ client, isBusy, onRevoke }: RowProps) {
  const { id, name, scopes, createdAt, revokedAt } = client;
  return (
    <li className="flex flex-wrap items-center justify-between gap-2 py-2.5 text-sm">
      <div className="min-w-0 wrap-anywhere">
        <p className="flex flex-wrap items-center gap-2 font-medium">
          {name} <code className="font-mono text-xs font-normal text-muted">{id}</code>
          {revokedAt !== null && <Badge tone="danger">revoked</Badge>}
        </p>
        <p className="text-xs text-muted">
          {scopes.join(', ')} · made {formatDate(createdAt)}
        </p>
      </div>
      {revokedAt === null && (
        <ConfirmButton label={`Revoke ${name}`} action="Revoke" isBusy={isBusy} onConfirm={onRevoke} />
      )}
    </li>
  );
}

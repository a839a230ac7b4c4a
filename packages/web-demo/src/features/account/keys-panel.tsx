import type { ApiKey, User } from '@oriel/schemas';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Badge } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { Panel } from '../../components/panel.tsx';
import { QueryState } from '../../components/query-state.tsx';
import { SecretOnce } from '../../components/secret-once.tsx';
import { formatDate, formatTime } from '../../lib/format.ts';
import { useTRPC } from '../../lib/trpc.ts';
import { NewKeyForm } from './new-key-form.tsx';

/** The keys of one's own programs: made, looked at, revoked. */
export function KeysPanel({ user }: { user: User }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [isMaking, setMaking] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const keys = useQuery(trpc.keys.list.queryOptions({ of: 'me' }));
  const refresh = () => queryClient.invalidateQueries(trpc.keys.pathFilter());
  const revoke = useMutation(trpc.keys.revoke.mutationOptions({ onSettled: refresh }));

  return (
    <Panel title="API keys" aside={!isMaking && <Button onClick={() => setMaking(true)}>Make a key</Button>}>
      <div className="space-y-4">
        {isMaking && (
          <NewKeyForm
            role={user.role}
            onCancel={() => setMaking(false)}
            onMade={(made) => {
              setMaking(false);
              setSecret(made.secret);
              void refresh();
            }}
          />
        )}
        {secret !== null && (
          <SecretOnce title="The new key" label="API key" secret={secret} onDone={() => setSecret(null)} />
        )}
        <QueryState isPending={keys.isPending} error={keys.error} actionError={revoke.error} />
        {keys.data?.items.length === 0 && (
          <p className="text-sm text-muted">There is none yet. A program needs one to call this server.</p>
        )}
        <ul className="divide-y divide-line">
          {keys.data?.items.map((key) => (
            <KeyRow
              key={key.id}
              apiKey={key}
              isBusy={revoke.isPending}
              onRevoke={() => revoke.mutate({ id: key.id })}
            />
          ))}
        </ul>
      </div>
    </Panel>
  );
}

interface RowProps {
  readonly apiKey: ApiKey;
  readonly isBusy: boolean;
  readonly onRevoke: () => void;
}

function KeyRow({ apiKey, isBusy, onRevoke }: RowProps) {
  const { id, name, scopes, models, createdAt, lastUsedAt } = apiKey;
  const state = stateOf(apiKey);
  return (
    <li className="flex flex-wrap items-center justify-between gap-2 py-2.5 text-sm">
      <div className="min-w-0 space-y-0.5 wrap-anywhere">
        <p className="flex flex-wrap items-center gap-2 font-medium">
          {name} <code className="font-mono text-xs font-normal text-muted">oriel_{id}_…</code>
          {state.isOver && <Badge tone="danger">{state.words}</Badge>}
        </p>
        <p className="text-xs text-muted">
          {scopes.join(', ')} · {models ? `only ${models.join(', ')}` : 'all models'}
        </p>
        <p className="text-xs text-muted">
          made {formatDate(createdAt)} · {lastUsedAt ? `last used ${formatTime(lastUsedAt)}` : 'never used'}
          {!state.isOver && ` · ${state.words}`}
        </p>
      </div>
      {apiKey.revokedAt === null && (
        <ConfirmButton label={`Revoke ${name}`} action="Revoke" isBusy={isBusy} onConfirm={onRevoke} />
      )}
    </li>
  );
}

function stateOf({ revokedAt, expiresAt }: ApiKey): { isOver: boolean; words: string } {
  if (revokedAt !== null) return { isOver: true, words: 'revoked' };
  if (expiresAt === null) return { isOver: false, words: 'never expires' };
  return Date.parse(expiresAt) <= Date.now()
    ? { isOver: true, words: 'expired' }
    : { isOver: false, words: `expires ${formatDate(expiresAt)}` };
}

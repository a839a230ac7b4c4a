import type { SignInLink, User } from '@oriel/schemas';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Panel } from '../../components/panel.tsx';
import { QueryState } from '../../components/query-state.tsx';
import { SecretOnce } from '../../components/secret-once.tsx';
import { formatTime } from '../../lib/format.ts';
import { usePagedList } from '../../lib/paged-list.ts';
import { useTRPC, useTRPCClient } from '../../lib/trpc.ts';
import { NewUserForm } from './new-user-form.tsx';
import { UserRow } from './user-row.tsx';

/** The people with an account: made, given a role, disabled, helped with a link. */
export function UsersPanel({ admin }: { admin: User }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [isMaking, setMaking] = useState(false);
  const [shown, setShown] = useState<{ of: string; link: SignInLink } | null>(null);
  const client = useTRPCClient();
  const { query: users, items } = usePagedList({
    queryKey: trpc.users.list.infiniteQueryKey(),
    readPage: (cursor, signal) => client.users.list.query({ cursor }, { signal }),
  });
  const onSettled = () => queryClient.invalidateQueries(trpc.users.pathFilter());
  const update = useMutation(trpc.users.update.mutationOptions({ onSettled }));
  const makeLink = useMutation(trpc.users.link.mutationOptions());

  return (
    <Panel title="Users" aside={!isMaking && <Button onClick={() => setMaking(true)}>Add a user</Button>}>
      <div className="space-y-4">
        {isMaking && (
          <NewUserForm
            onCancel={() => setMaking(false)}
            onMade={({ user, link }) => {
              setMaking(false);
              setShown({ of: user.name, link });
              void onSettled();
            }}
          />
        )}
        {shown && <ShownLink {...shown} onDone={() => setShown(null)} />}
        <QueryState
          isPending={users.isPending}
          error={users.error}
          actionError={update.error ?? makeLink.error}
        />
        <ul className="divide-y divide-line">
          {items.map((user) => (
            <UserRow
              key={user.id}
              user={user}
              isSelf={user.id === admin.id}
              isBusy={update.isPending || makeLink.isPending}
              onUpdate={(change) => update.mutate({ id: user.id, ...change })}
              onLink={() =>
                makeLink.mutate({ id: user.id }, { onSuccess: (link) => setShown({ of: user.name, link }) })
              }
            />
          ))}
        </ul>
        {users.hasNextPage && (
          <Button isBusy={users.isFetchingNextPage} onClick={() => void users.fetchNextPage()}>
            More
          </Button>
        )}
      </div>
    </Panel>
  );
}

function ShownLink({ of, link, onDone }: { of: string; link: SignInLink; onDone: () => void }) {
  return (
    <SecretOnce
      title={`The sign-in link of ${of}`}
      label="Sign-in link"
      secret={new URL(link.path, window.location.origin).href}
      onDone={onDone}
    >
      <p>
        Hand it to {of} over a safe way: who has it chooses the password. It works once, until{' '}
        {formatTime(link.expiresAt)}.
      </p>
    </SecretOnce>
  );
}

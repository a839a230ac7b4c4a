import { roleSchema, type UpdateUserInput, type User } from '@oriel/schemas';
import { Badge } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { formatDate } from '../../lib/format.ts';

interface Props {
  readonly user: User;
  readonly isSelf: boolean;
  readonly isBusy: boolean;
  readonly onUpdate: (change: Omit<UpdateUserInput, 'id'>) => void;
  readonly onLink: () => void;
}

/** One person, and what an admin can do for or against it. */
export function UserRow({ user, isSelf, isBusy, onUpdate, onLink }: Props) {
  const { email, name, role, hasPassword, isDisabled, createdAt } = user;
  return (
    <li className="flex flex-wrap items-center justify-between gap-2 py-2.5 text-sm">
      <div className="min-w-0 wrap-anywhere">
        <p className="flex flex-wrap items-center gap-2 font-medium">
          {name}
          {isSelf && <Badge tone="accent">you</Badge>}
          {isDisabled && <Badge tone="danger">disabled</Badge>}
          {!hasPassword && <Badge tone="warning">no password yet</Badge>}
        </p>
        <p className="text-xs text-muted">
          {email} · since {formatDate(createdAt)}
        </p>
      </div>
      <div className="flex flex-wrap items-center gap-1.5">
        <select
          aria-label={`Role of ${name}`}
          value={role}
          disabled={isBusy}
          onChange={(event) => onUpdate({ role: roleSchema.parse(event.target.value) })}
          className="control w-auto!"
        >
          {roleSchema.options.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
        <Button aria-label={`New link for ${name}`} isBusy={isBusy} onClick={onLink}>
          New link
        </Button>
        {isDisabled ? (
          <Button
            aria-label={`Enable ${name}`}
            isBusy={isBusy}
            onClick={() => onUpdate({ isDisabled: false })}
          >
            Enable
          </Button>
        ) : (
          <ConfirmButton
            label={`Disable ${name}`}
            action="Disable"
            isBusy={isBusy}
            onConfirm={() => onUpdate({ isDisabled: true })}
          />
        )}
      </div>
    </li>
  );
}

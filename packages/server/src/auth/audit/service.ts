import type { AuditAction, AuditEventPage, ListAuditEventsInput } from '@oriel/schemas';
import { createUuidV7 } from '../../uuid-v7.ts';
import type { AuditRepository } from './repository.ts';

/** Who did it, and from where; the context of a procedure is one. */
export interface AuditActor {
  readonly principal: { readonly id: string };
  readonly exchange: { readonly ip: string | null };
}

/** What the server does of its own accord. */
export const systemActor: AuditActor = { principal: { id: 'system' }, exchange: { ip: null } };

export interface NewAuditEvent {
  readonly action: AuditAction;
  /** What it was done to, e.g. `key:<id>`. */
  readonly target?: string;
  /** Plain JSON; never a secret, a token or an e-mail address. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

interface Needs {
  readonly repository: AuditRepository;
  readonly logger: { error(details: object, message: string): void };
  readonly now?: () => Date;
}

export type AuditService = ReturnType<typeof createAuditService>;

/** The log of what happened to the safety of the server. */
export function createAuditService({ repository, logger, now = () => new Date() }: Needs) {
  return { record, list };

  /**
   * Never fails: what is told of has happened. When it cannot be stored, the server's log has it.
   *
   * @param by - whose doing it was; for a sign-in, the principal that it made
   */
  async function record(by: AuditActor, { action, target, detail = {} }: NewAuditEvent): Promise<void> {
    const event = {
      id: createUuidV7(),
      at: now().toISOString(),
      action,
      actor: by.principal.id,
      target: target ?? null,
      ip: by.exchange.ip,
      detail: { ...detail },
    };
    try {
      await repository.insert(event);
    } catch (err) {
      logger.error({ err, audit: event }, 'an event of the audit log could not be stored');
    }
  }

  function list(query: ListAuditEventsInput): Promise<AuditEventPage> {
    return repository.list(query);
  }
}

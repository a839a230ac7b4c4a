import { createHmac } from 'node:crypto';
import type { Job, Webhook } from '@oriel/schemas';
import { AppError } from '../errors.ts';
import type { GuardedFetch } from '../net/guarded-fetch.ts';
import { type ReadUrl, withUrlField } from '../net/outbound-url.ts';
import type { JobRepository } from './repository.ts';

/** What a line of webhooks says. */
export interface WebhookCall {
  readonly jobId: string;
}

interface Needs {
  readonly repository: Pick<JobRepository, 'find'>;
  readonly fetch: GuardedFetch;
  /** Null for what was sealed under another server's secret. */
  readonly openSecret: (sealed: string) => Promise<string | null>;
  readonly logger: { warn(details: object, message: string): void };
  readonly now?: () => number;
}

/** Addresses that say this are not asked again. */
const gone = 410;

/**
 * Tells whoever asked for it that a job has ended. What is not taken with a status of 2xx is told again, with growing
 * breaks, for a day: the queue does that. Receivers may be told more than once, and find the job's id and revision in it.
 */
export function createWebhooks({ repository, fetch, openSecret, logger, now = Date.now }: Needs) {
  return { deliver };

  /** @throws Error when it was not taken, and should be told again */
  async function deliver({ jobId }: WebhookCall): Promise<void> {
    const found = await repository.find(null, jobId);
    // removed in the meantime
    if (!found?.webhookUrl) return;
    const { job, webhookUrl, webhookSecret } = found;
    const body = toBody(job);
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'Oriel',
      ...(webhookSecret !== null && { 'oriel-signature': await sign(webhookSecret, body, jobId) }),
    };
    const status = await send(webhookUrl, headers, body, jobId);
    if (status === null || (status >= 200 && status < 300)) return;
    logger.warn({ job: jobId, status }, 'a webhook was not taken');
    if (status !== gone) throw new Error(`the webhook of the job ${jobId} answered ${status}`);
  }

  async function send(url: string, headers: Record<string, string>, body: string, job: string) {
    try {
      const answer = await fetch(url, { method: 'POST', headers, body });
      // what it says is nothing to us
      answer.body.destroy();
      return answer.status;
    } catch (error) {
      logger.warn({ job, reason: error instanceof AppError ? error.message : undefined }, 'a webhook failed');
      throw new Error(`the webhook of the job ${job} could not be called`, { cause: error });
    }
  }

  async function sign(sealed: string, body: string, job: string): Promise<string> {
    const secret = await openSecret(sealed);
    // to send it unsigned would make a receiver that does not look believe anybody
    if (secret === null) {
      const reason =
        'a webhook was sealed under another secret: set ORIEL_SECRET to the same for all servers';
      logger.warn({ job, reason }, 'a webhook could not be signed');
      throw new Error(reason);
    }
    return signatureOf({ secret, body, atS: Math.floor(now() / 1000) });
  }
}

/** @throws AppError URL_REFUSED, with its field */
export type CheckWebhook = (webhook: Webhook | undefined, path?: readonly string[]) => void;

/**
 * Makes the check that refuses what would never be called when it is asked for: once the job has ended, nobody is there
 * to be told. Its second parameter is the path of the webhook in what was asked for.
 */
export function createWebhookCheck(readUrl: ReadUrl): CheckWebhook {
  return (webhook, path = ['webhook']) => {
    if (!webhook) return;
    try {
      readUrl(webhook.url);
    } catch (error) {
      throw withUrlField(error, [...path, 'url']);
    }
  };
}

function toBody(job: Job): string {
  return JSON.stringify({ type: `job.${job.state}`, job });
}

/**
 * What a receiver compares with the header `oriel-signature`, over the body as it came. The time is signed too, so that
 * a call that was overheard cannot be sent again for long.
 */
export function signatureOf({ secret, body, atS }: { secret: string; body: string; atS: number }): string {
  const mac = createHmac('sha256', secret).update(`${atS}.${body}`).digest('hex');
  return `t=${atS},v1=${mac}`;
}

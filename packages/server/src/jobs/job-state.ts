import { finalJobStates, type ItemError, type JobState } from '@oriel/schemas';
import { AppError } from '../errors.ts';

/**
 * What can happen to a job. A caller pauses, resumes and cancels; whoever runs it takes it, and then says how that ended:
 * it succeeded, failed, or was put down before its end (`release`).
 */
export type JobAction = 'take' | 'pause' | 'resume' | 'cancel' | 'release' | 'succeed' | 'fail';

/**
 * Where each action leads; what is not here is refused. `pausing` and `cancelling` are wishes: the job still runs, until
 * whoever runs it has finished its chunk. A process that died cannot grant them, so whoever takes the job next does.
 *
 * An action that leads where the job is already changes nothing, so that callers may repeat it. A job that had done its
 * work when the wish to stop it came has succeeded; one that failed on the way to being cancelled is cancelled.
 */
export const transitions: Readonly<Record<JobAction, Readonly<Partial<Record<JobState, JobState>>>>> = {
  take: { queued: 'running', running: 'running', pausing: 'paused', cancelling: 'cancelled' },
  pause: { queued: 'paused', running: 'pausing', pausing: 'pausing', paused: 'paused' },
  resume: { paused: 'queued', pausing: 'running', queued: 'queued', running: 'running' },
  cancel: {
    queued: 'cancelled',
    running: 'cancelling',
    pausing: 'cancelling',
    paused: 'cancelled',
    cancelling: 'cancelling',
    cancelled: 'cancelled',
  },
  release: { running: 'queued', pausing: 'paused', cancelling: 'cancelled' },
  succeed: { running: 'succeeded', pausing: 'succeeded', cancelling: 'succeeded' },
  fail: { running: 'failed', pausing: 'failed', cancelling: 'cancelled' },
};

/** The state after an action; null when it is refused. */
export function stateAfter(state: JobState, action: JobAction): JobState | null {
  return transitions[action][state] ?? null;
}

/** @throws AppError JOB_TRANSITION_REFUSED */
export function checkedStateAfter(state: JobState, action: JobAction): JobState {
  const next = stateAfter(state, action);
  if (next) return next;
  throw new AppError(
    'JOB_TRANSITION_REFUSED',
    `A job that is ${state} cannot be ${pastOf[action]}: ${sourcesOf(action)} can.`,
  );
}

const pastOf: Readonly<Record<JobAction, string>> = {
  take: 'taken',
  pause: 'paused',
  resume: 'resumed',
  cancel: 'cancelled',
  release: 'put down',
  succeed: 'finished',
  fail: 'given up',
};

function sourcesOf(action: JobAction): string {
  return `one that is ${Object.keys(transitions[action])
    .join(', ')
    .replace(/, ([^,]*)$/, ' or $1')}`;
}

/** Why a job was cancelled that nobody asked to cancel. */
export const ownerGone: ItemError = {
  code: 'FORBIDDEN',
  message: 'The account that this job belongs to was disabled, or its service client revoked.',
};

const final: ReadonlySet<JobState> = new Set(finalJobStates);

/** Whether nothing will happen to it any more. */
export function isFinal(state: JobState): boolean {
  return final.has(state);
}

/** Those in which a process is, or was when it died, at work on it. */
export const heldJobStates = ['running', 'pausing', 'cancelling'] as const satisfies readonly JobState[];
const held: ReadonlySet<JobState> = new Set(heldJobStates);

/** Whether a process is, or was when it died, at work on it. */
export function isHeld(state: JobState): boolean {
  return held.has(state);
}

/** Those that count for how many jobs a caller may have at once. */
export const openJobStates = [
  'queued',
  'running',
  'pausing',
  'paused',
  'cancelling',
] as const satisfies readonly JobState[];

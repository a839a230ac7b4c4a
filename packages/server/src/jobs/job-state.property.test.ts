import { type JobState, jobStateSchema } from '@oriel/schemas';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError } from '../errors.ts';
import {
  checkedStateAfter,
  isFinal,
  isHeld,
  type JobAction,
  openJobStates,
  stateAfter,
  transitions,
} from './job-state.ts';

const states = jobStateSchema.options;
// the table's own keys are exactly these
const actions = Object.keys(transitions) as JobAction[];
const callers: readonly JobAction[] = ['pause', 'resume', 'cancel'];
const anyState = fc.constantFrom(...states);
const anyAction = fc.constantFrom(...actions);

/** The states that a job goes through from its start. */
function walk(steps: readonly JobAction[]): JobState[] {
  const seen: JobState[] = ['queued'];
  for (const step of steps) seen.push(stateAfter(seen.at(-1) ?? 'queued', step) ?? seen.at(-1) ?? 'queued');
  return seen;
}

describe('the states of a job', () => {
  test('a job that has ended stays as it ended, whatever happens', () => {
    fc.assert(
      fc.property(fc.array(anyAction, { maxLength: 30 }), (steps) => {
        const seen = walk(steps);
        const end = seen.findIndex(isFinal);
        if (end >= 0) expect(new Set(seen.slice(end)).size).toBe(1);
      }),
    );
  });

  test('what a caller asks twice is what it asked once', () => {
    fc.assert(
      fc.property(anyState, fc.constantFrom(...callers), (state, action) => {
        const once = stateAfter(state, action);
        if (once) expect(stateAfter(once, action)).toBe(once);
      }),
    );
  });

  test('a job that is held can always be put down, fail and succeed; one that is not, never', () => {
    fc.assert(
      fc.property(anyState, (state) => {
        for (const action of ['release', 'succeed', 'fail'] as const)
          expect(stateAfter(state, action) !== null).toBe(isHeld(state));
      }),
    );
  });

  test('no wish of a caller moves a job into or out of the hands that hold it', () => {
    fc.assert(
      fc.property(anyState, fc.constantFrom(...callers), (state, action) => {
        const next = stateAfter(state, action);
        if (next) expect(isHeld(next)).toBe(isHeld(state));
      }),
    );
  });

  test('from everywhere that is not the end, an end can be reached without the caller', () => {
    const reaches = (state: JobState): boolean => {
      const resumed = state === 'paused' ? stateAfter(state, 'resume') : state;
      const taken = resumed && stateAfter(resumed, 'take');
      return (
        taken !== null && (isFinal(taken) || stateAfter(taken, 'succeed') !== null || taken === 'paused')
      );
    };
    fc.assert(
      fc.property(
        anyState.filter((state) => !isFinal(state)),
        (state) => {
          expect(reaches(state)).toBe(true);
        },
      ),
    );
  });

  test('every state is reached, and the open ones are those that are not final', () => {
    const reached = new Set(states.filter((state) => pathTo(state)));
    expect([...reached]).toEqual(states);
    expect(new Set(openJobStates)).toEqual(new Set(states.filter((state) => !isFinal(state))));
  });

  test('a refusal names the state and what would do', () => {
    const refused = () => checkedStateAfter('succeeded', 'pause');
    expect(refused).toThrow(AppError);
    expect(refused).toThrow(
      'A job that is succeeded cannot be paused: one that is queued, running, pausing or paused can.',
    );
  });
});

function pathTo(wanted: JobState): boolean {
  const seen = new Set<JobState>(['queued']);
  for (const state of seen) {
    for (const action of actions) {
      const next = stateAfter(state, action);
      if (next) seen.add(next);
    }
  }
  return seen.has(wanted);
}

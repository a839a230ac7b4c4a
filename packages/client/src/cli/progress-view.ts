import type { Terminal } from './terminal.ts';
import { durationInWords, inWords } from './words.ts';

export interface ProgressStep {
  readonly label: string;
  readonly done: number;
  /** Null while it is not known. */
  readonly total: number | null;
  /** How amounts are written; as whole numbers without it. */
  readonly inUnits?: (amount: number) => string;
  readonly perSecond?: number | null;
  readonly secondsLeft?: number | null;
}

/** How far a command is, as people see it. */
export interface ProgressView {
  show(step: ProgressStep): void;
  /** Leaves the last line as it is. */
  end(): void;
}

const redrawMs = 100;
const lineEachMs = 5000;
const barChars = 24;

/** A bar that is drawn over itself on a terminal; elsewhere, as in a log, now and then a line. */
export function createProgressView({ stderr }: Pick<Terminal, 'stderr'>): ProgressView {
  return stderr.isTTY === true ? createBar(stderr) : createLines(stderr);
}

function createBar(stderr: Terminal['stderr']): ProgressView {
  // at once: a process that has just begun counts its time from 0
  let drawnAt = -Infinity;
  let last: ProgressStep | null = null;
  const draw = (step: ProgressStep) => {
    // cut to the width: a line that wraps could not be drawn over
    const text = `${barOf(step)} ${textOf(step)}`.slice(0, (stderr.columns ?? 80) - 1);
    stderr.write(`\r\u001B[2K${text}`);
    drawnAt = performance.now();
  };
  return {
    show(step) {
      if (last && last.label !== step.label) this.end();
      last = step;
      if (performance.now() - drawnAt >= redrawMs) draw(step);
    },
    end() {
      if (!last) return;
      draw(last);
      stderr.write('\n');
      last = null;
      drawnAt = -Infinity;
    },
  };
}

function createLines(stderr: Terminal['stderr']): ProgressView {
  let writtenAt = performance.now();
  let last: ProgressStep | null = null;
  let isWritten = true;
  const write = (step: ProgressStep) => {
    stderr.write(`${textOf(step)}\n`);
    writtenAt = performance.now();
    isWritten = true;
  };
  return {
    show(step) {
      if (last && last.label !== step.label) this.end();
      last = step;
      isWritten = false;
      if (performance.now() - writtenAt >= lineEachMs) write(step);
    },
    end() {
      if (last && !isWritten) write(last);
      last = null;
    },
  };
}

function barOf({ done, total }: ProgressStep): string {
  const share = total === null || total === 0 ? 0 : Math.min(1, done / total);
  const full = Math.round(share * barChars);
  return `[${'#'.repeat(full)}${'-'.repeat(barChars - full)}]`;
}

function textOf({ label, done, total, inUnits = inWords, perSecond, secondsLeft }: ProgressStep): string {
  const share = total === null || total === 0 ? '' : ` (${Math.floor((100 * done) / total)} %)`;
  const amount = total === null ? inUnits(done) : `${inUnits(done)} of ${inUnits(total)}${share}`;
  const rate = perSecond ? `, ${inUnits(perSecond)}/s` : '';
  const left = secondsLeft ? `, ${durationInWords(secondsLeft)} left` : '';
  return `${label} ${amount}${rate}${left}`;
}

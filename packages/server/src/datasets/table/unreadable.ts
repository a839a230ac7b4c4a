import { AppError } from '../../errors.ts';

/** Where in a file a fault is. */
export interface FaultPlace {
  /** 1-based; a header is line 1. */
  readonly line?: number | undefined;
  /** 1-based, or a name. */
  readonly column?: number | string | undefined;
  /** Of an archive. */
  readonly entry?: string | undefined;
}

export interface Fault extends FaultPlace {
  /** For programs, e.g. `ragged_row`. */
  readonly rule: string;
  /** For people: a whole sentence that says what is wrong, and what to do. */
  readonly message: string;
}

/** DATASET_UNREADABLE with the place and the cause of each fault, the first in its message. */
export function unreadable(fault: Fault | readonly [Fault, ...Fault[]], cause?: unknown): AppError {
  const faults: readonly [Fault, ...Fault[]] = 'rule' in fault ? [fault] : fault;
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : '';
  return new AppError(
    'DATASET_UNREADABLE',
    `The file cannot be read as a table. ${faults[0].message}${more}`,
    {
      issues: faults.map(({ rule, message, ...place }) => ({ path: toPath(place), rule, message })),
      cause,
    },
  );
}

/** A small file can unpack to anything. @param bytesMax - that it may have */
export function unpacksTooLarge(bytesMax: number, place: FaultPlace = {}): AppError {
  const message = `Unpacked it has more than ${bytesMax} bytes, the most that this server reads (ORIEL_UPLOAD_BYTES_MAX). Send it in parts.`;
  return unreadable({ rule: 'unpacks_too_large', ...place, message });
}

function toPath({ entry, line, column }: FaultPlace): (string | number)[] {
  return [
    ...(entry === undefined ? [] : ['entry', entry]),
    ...(line === undefined ? [] : ['line', line]),
    ...(column === undefined ? [] : ['column', column]),
  ];
}

/** A text of a file as a message may show it: short, on one line. */
export function shown(text: string, charsMax = 40): string {
  const cut = text.length > charsMax ? `${text.slice(0, charsMax).toWellFormed()}…` : text;
  return JSON.stringify(cut);
}

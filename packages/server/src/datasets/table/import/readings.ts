import type { ColumnType } from '@oriel/schemas';

/** A way to read the texts of a column as values of a type. */
export interface Reading {
  readonly type: ColumnType;
  /** A quick look that rules most readings out by a few texts; SQL has the last word. */
  readonly looksRight: (text: string) => boolean;
  /** SQL of the value of a text; null where it is none. Numbers may be NaN or infinite. */
  readonly valueSql: (text: string) => string;
  /** The same, of a text that is known to be of this reading. */
  readonly knownSql: (text: string) => string;
  /** SQL that is true for a text which is of this reading alone: without one in the column, it could be the rival's. */
  readonly proofSql?: (text: string) => string;
}

/** Words for "no value" beside the empty cell, in columns whose other values are no texts. */
export const missingWords = ['NA', 'N/A', '#N/A', 'NULL', 'null', 'None'] as const;

const castTo = (text: string, type: string) => `TRY_CAST(${text} AS ${type})`;

export const truth: Reading = {
  type: 'boolean',
  looksRight: (text) => /^(true|false)$/i.test(text),
  valueSql: (text) => `CASE lower(${text}) WHEN 'true' THEN true WHEN 'false' THEN false END`,
  knownSql: (text) => castTo(text, 'BOOLEAN'),
};

// equal to how DuckDB writes the number: no leading zeros or plus, which names and phone numbers have
const wholeSql = (text: string, type: string) =>
  `CASE WHEN CAST(TRY_CAST(${text} AS ${type}) AS VARCHAR) = ${text} THEN TRY_CAST(${text} AS ${type}) END`;
const isWhole = (text: string) => /^(0|-?[1-9]\d*)$/.test(text);
const safeMax = Number.MAX_SAFE_INTEGER;

export const integer: Reading = {
  type: 'integer',
  looksRight: (text) => isWhole(text) && Number.isSafeInteger(Number(text)),
  valueSql: (text) =>
    `CASE WHEN TRY_CAST(${text} AS BIGINT) BETWEEN -${safeMax} AND ${safeMax} THEN ${wholeSql(text, 'BIGINT')} END`,
  knownSql: (text) => castTo(text, 'BIGINT'),
};

export const bigint: Reading = {
  type: 'bigint',
  looksRight: (text) => isWhole(text) && text.length <= 39,
  valueSql: (text) => wholeSql(text, 'DECIMAL(38,0)'),
  knownSql: (text) => castTo(text, 'DECIMAL(38,0)'),
};

const numberPattern = '[+-]?((0|[1-9][0-9]*)([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)?';
const notFinitePattern = '[+-]?(?i:nan|inf|infinity)';
const numberTest = new RegExp(`^(${numberPattern}|[+-]?(nan|inf|infinity))$`, 'i');

export const number: Reading = {
  type: 'number',
  looksRight: (text) => numberTest.test(text),
  valueSql: (text) =>
    `CASE WHEN regexp_full_match(${text}, '${numberPattern}|${notFinitePattern}') THEN TRY_CAST(${text} AS DOUBLE) END`,
  knownSql: (text) => castTo(text, 'DOUBLE'),
  // whole numbers that none of the readings above takes have too many digits, or are names
  proofSql: (text) => `regexp_matches(${text}, '[.eEnN]')`,
};

/** As people write numbers whose files have semicolons between the cells. */
const commaNumber: Reading = {
  type: 'number',
  looksRight: (text) => /^-?(0|[1-9]\d*)(,\d+)?$/.test(text),
  valueSql: (text) =>
    `CASE WHEN regexp_full_match(${text}, '-?(0|[1-9][0-9]*)(,[0-9]+)?') THEN TRY_CAST(replace(${text}, ',', '.') AS DOUBLE) END`,
  knownSql: (text) => castTo(`replace(${text}, ',', '.')`, 'DOUBLE'),
};

/** JSON has years of four digits, from 1. */
const inCalendar = (value: string) => `CASE WHEN year(${value}) BETWEEN 1 AND 9999 THEN ${value} END`;

const isoDatePattern = '[0-9]{4}-[0-9]{2}-[0-9]{2}';
export const isoDate: Reading = {
  type: 'date',
  looksRight: (text) => new RegExp(`^${isoDatePattern}$`).test(text),
  valueSql: (text) =>
    `CASE WHEN regexp_full_match(${text}, '${isoDatePattern}') THEN ${inCalendar(castTo(text, 'DATE'))} END`,
  knownSql: (text) => castTo(text, 'DATE'),
};

const isoTimePattern = `${isoDatePattern}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?`;
/** RFC 3339, and what is like it: a time without a zone is UTC, a date alone its midnight. */
export const isoTimestamp: Reading = {
  type: 'timestamp',
  looksRight: (text) => new RegExp(`^${isoTimePattern}$`).test(text),
  valueSql: (text) =>
    `CASE WHEN regexp_full_match(${text}, '${isoTimePattern}') THEN ${inCalendar(timestampSql(text))} END`,
  knownSql: timestampSql,
};

/** DuckDB leaves a zone out of account where it reads a TIMESTAMP, so it reads one with a zone first. */
export function timestampSql(text: string): string {
  return `TRY_CAST(TRY_CAST(${text} AS TIMESTAMPTZ) AS TIMESTAMP)`;
}

/** `21.11.2026`: with points, the day always comes first. */
const pointDate = dateReading('[0-9]{1,2}[.][0-9]{1,2}[.][0-9]{4}', '%d.%m.%Y');
const slashYearFirst = dateReading('[0-9]{4}/[0-9]{1,2}/[0-9]{1,2}', '%Y/%m/%d');

/** `03/04/2026` may be in March or in April: only a column with a day beyond the 12th tells. */
const ambiguousDates = ['/', '-'].flatMap((mark) => {
  const pattern = `[0-9]{1,2}${mark}[0-9]{1,2}${mark}[0-9]{4}`;
  const [dayFirst, monthFirst] = [`%d${mark}%m${mark}%Y`, `%m${mark}%d${mark}%Y`];
  return [dateReading(pattern, dayFirst, monthFirst), dateReading(pattern, monthFirst, dayFirst)];
});

function dateReading(pattern: string, format: string, rival?: string): Reading {
  return {
    type: 'date',
    looksRight: (text) => new RegExp(`^${pattern}$`).test(text),
    valueSql: (text) =>
      `CASE WHEN regexp_full_match(${text}, '${pattern}') THEN ${inCalendar(`CAST(TRY_STRPTIME(${text}, '${format}') AS DATE)`)} END`,
    knownSql: (text) => `CAST(TRY_STRPTIME(${text}, '${format}') AS DATE)`,
    ...(rival && { proofSql: (text) => `TRY_STRPTIME(${text}, '${rival}') IS NULL` }),
  };
}

/** JSON of any kind, as it stands. */
export const jsonText: Reading = {
  type: 'json',
  looksRight: () => true,
  valueSql: (text) => text,
  knownSql: (text) => text,
};

export const text: Reading = {
  type: 'text',
  looksRight: () => true,
  valueSql: (text) => text,
  knownSql: (text) => text,
};

/** Of texts that may stand for anything, as in CSV; the first that fits all of a column is taken. */
export function textReadings({ hasDecimalComma }: { hasDecimalComma: boolean }): Reading[] {
  return [
    truth,
    integer,
    bigint,
    number,
    ...(hasDecimalComma ? [commaNumber] : []),
    isoDate,
    isoTimestamp,
    pointDate,
    slashYearFirst,
    ...ambiguousDates,
    text,
  ];
}

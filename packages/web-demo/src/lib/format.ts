/** A duration people can compare at a glance: `0.4 ms`, `12 ms`, `1.2 s`. */
export function formatMs(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`;
  return ms >= 10 ? `${Math.round(ms)} ms` : `${ms.toFixed(1)} ms`;
}

/** A probability in percent. Never rounds to a certainty the model did not state. */
export function formatProbability(probability: number): string {
  const percent = probability * 100;
  if (probability < 1 && percent > 99.9) return '> 99.9 %';
  if (probability > 0 && percent < 0.1) return '< 0.1 %';
  return `${percent.toFixed(1)} %`;
}

/** A size in bytes, kB, MB or GB. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(1)} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}

/** The time of day where the reader is, 24 hours long, and the date when that is not today. */
export function formatTime(iso: string, now = new Date()): string {
  const date = new Date(iso);
  const time = date.toLocaleTimeString(undefined, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  if (date.toDateString() === now.toDateString()) return time;
  return `${date.toLocaleDateString(undefined, { month: 'short', day: 'numeric' })}, ${time}`;
}

/** A plain value on one line, cut at `lengthMax`. */
export function formatValue(value: unknown, lengthMax = 60): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text.length > lengthMax ? `${text.slice(0, lengthMax - 1)}…` : text;
}

/** A day where the reader is, with its year. */
export function formatDate(iso: string): string {
  return new Date(iso).toLocaleDateString(undefined, { year: 'numeric', month: 'short', day: 'numeric' });
}

/** A whole number with its thousands marked: `1,234,567`. */
export function formatCount(count: number): string {
  return count.toLocaleString('en');
}

/** A number with its noun in the right form: `1 row`, `1,000 rows`. */
export function formatCountOf(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** How long something takes still: `less than a second`, `42 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 1) return 'less than a second';
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** A number from a profile, with as many digits as one can compare: `1,234`, `39.27`, `1.2e-7`. */
export function formatNumber(value: number): string {
  if (Number.isSafeInteger(value)) return formatCount(value);
  const size = Math.abs(value);
  if (size >= 1e9 || size < 1e-4) return value.toExponential(2);
  return value.toLocaleString('en', { maximumSignificantDigits: 5 });
}

import type { Cell, ColumnType } from '@oriel/schemas';
import { formatValue } from '../lib/format.ts';

/** The first characters of base64 of what browsers show. */
const mediaTypes: readonly (readonly [string, string])[] = [
  ['iVBORw0KGgo', 'image/png'],
  ['/9j/', 'image/jpeg'],
  ['R0lGOD', 'image/gif'],
  ['UklGR', 'image/webp'],
];

/** One value of a row, on one line. */
export function CellView({ value, type }: { value: Cell | undefined; type: ColumnType }) {
  if (value === null || value === undefined)
    return (
      <span className="text-muted">
        <span aria-hidden>–</span>
        <span className="sr-only">no value</span>
      </span>
    );
  const url = type === 'image' ? toImageUrl(value) : null;
  if (url !== null) return <img src={url} alt="" className="max-h-14 max-w-28 rounded border border-line" />;
  if (type === 'number' && typeof value === 'number') return <NumberView value={value} />;
  if (typeof value === 'string') return value.length > 80 ? <span title={value}>{cut(value)}</span> : value;
  return formatValue(value, 80);
}

/** Digits that nobody compares stand in the title. */
function NumberView({ value }: { value: number }) {
  const text = String(value);
  return text.length > 9 ? <span title={text}>{Number(value.toPrecision(5))}</span> : text;
}

const cut = (text: string): string => `${text.slice(0, 79)}…`;

/** An image to show; null where the value is only said to be one, as in previews. */
function toImageUrl(value: Cell): string | null {
  if (typeof value !== 'string') return null;
  const [, mediaType] = mediaTypes.find(([start]) => value.startsWith(start)) ?? [];
  return mediaType ? `data:${mediaType};base64,${value}` : null;
}

/** Units that names of fields end with. */
const unitOf: Readonly<Record<string, string>> = {
  Mm: 'mm',
  Cm: 'cm',
  Km: 'km',
  G: 'g',
  Kg: 'kg',
  Ms: 'ms',
  Hz: 'Hz',
  Percent: '%',
  Bytes: 'bytes',
  Celsius: '°C',
  Eur: '€',
  Usd: '$',
};

/** The name of a field in words and, where it ends with one, its unit: `bodyMassG` is "Body mass" in "g". */
export function readFieldName(name: string): { label: string; unit: string | null } {
  const words = name
    .replace(/[_-]+/g, ' ')
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .trim()
    .split(/\s+/);
  const last = words.at(-1) ?? '';
  const unit = words.length > 1 ? (unitOf[last] ?? null) : null;
  const text = (unit ? words.slice(0, -1) : words).join(' ').toLowerCase();
  return { label: text.charAt(0).toUpperCase() + text.slice(1), unit };
}

const birds = [
  'Biscoe,49.8,15.9,229,5950,male',
  'Dream,50.5,18.4,200,3400,female',
  'Torgersen,39.1,18.7,181,3750,male',
  'Biscoe,46.1,13.2,211,4500,female',
  'Dream,37.8,18.1,193,3300,',
  'Biscoe,50.0,16.3,230,5700,male',
  'Dream,46.5,17.9,192,3500,female',
] as const;

/**
 * A CSV of penguins as people write it down: names with underscores and units, some values missing.
 *
 * @param wrongRows - rows at the end whose island no model knows
 */
export function penguinCsv(rows: number, wrongRows = 0): Buffer {
  const header = 'island,culmen_length_mm,culmen_depth_mm,flipper_length_mm,body_mass_g,sex';
  const good = Array.from({ length: rows - wrongRows }, (_, i) => toBird(i));
  const wrong = Array.from({ length: wrongRows }, () => 'Atlantis,39.5,17.4,186,3800,female');
  return Buffer.from(`${[header, ...good, ...wrong].join('\n')}\n`);
}

/** One of a few birds, a little larger or smaller than the last of its kind. */
function toBird(index: number): string {
  const [island = '', length = '', depth, flipper, mass = '', sex] = (
    birds[index % birds.length] ?? ''
  ).split(',');
  const step = ((index * 7919) % 41) / 20 - 1;
  const larger = [(Number(length) + step).toFixed(1), depth, flipper, Math.round(Number(mass) + step * 150)];
  return [island, ...larger, sex].join(',');
}

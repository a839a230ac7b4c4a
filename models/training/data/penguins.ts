import { readPackageFile } from './package-file.ts';

/** One row of the penguins table, named as in the file. */
interface Row {
  readonly Species: 'Adelie' | 'Chinstrap' | 'Gentoo';
  readonly Island: 'Biscoe' | 'Dream' | 'Torgersen';
  readonly 'Beak Length (mm)': number | null;
  readonly 'Beak Depth (mm)': number | null;
  readonly 'Flipper Length (mm)': number | null;
  readonly 'Body Mass (g)': number | null;
  readonly Sex: string | null;
}

/** Reads the 344 birds of the Palmer penguins data, missing values kept. One bird's sex is noted as "."; it counts as unknown. */
export function readPenguins() {
  const rows = JSON.parse(readPackageFile('vega-datasets/data/penguins.json')) as Row[];
  return rows.map((row) => ({
    species: row.Species,
    bird: {
      island: row.Island,
      culmenLengthMm: row['Beak Length (mm)'],
      culmenDepthMm: row['Beak Depth (mm)'],
      flipperLengthMm: row['Flipper Length (mm)'],
      bodyMassG: row['Body Mass (g)'],
      sex: row.Sex === 'MALE' ? ('male' as const) : row.Sex === 'FEMALE' ? ('female' as const) : null,
    },
  }));
}

export type LabelledBird = ReturnType<typeof readPenguins>[number];

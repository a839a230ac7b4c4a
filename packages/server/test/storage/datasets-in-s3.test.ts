import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createDatasetUser, uploadCsv } from '../datasets/support/datasets.ts';
import { createDataFolder } from '../db/support/embedded-folder.ts';
import { startTestApp } from '../support/test-app.ts';
import { createS3Place } from './support/storages.ts';

test('a server with a bucket keeps datasets there, and nothing of them in its folder', async () => {
  const [place, folder] = await Promise.all([createS3Place(), createDataFolder()]);
  const { bucket, endpoint, accessKeyId, secretAccessKey, prefix } = place.settings;
  const app = await startTestApp({
    ORIEL_DATA_DIR: folder.path,
    ORIEL_S3_BUCKET: bucket,
    ORIEL_S3_ENDPOINT: endpoint ?? '',
    ORIEL_S3_PREFIX: prefix,
    ORIEL_S3_ACCESS_KEY_ID: accessKeyId ?? '',
    ORIEL_S3_SECRET_ACCESS_KEY: secretAccessKey ?? '',
  });
  try {
    const user = await createDatasetUser(app);
    const { id } = await uploadCsv(user, 'species,mass\nAdelie,3700\nGentoo,5000\n');
    const rows = await user.get(`/api/v1/datasets/${id}/rows`);
    expect(rows).toMatchObject({
      status: 200,
      body: { rows: [{ species: 'Adelie' }, { species: 'Gentoo' }] },
    });

    const stored = [];
    for await (const blob of place.open().list()) stored.push(blob);
    // the file as it came, and its rows as Parquet
    expect(stored).toHaveLength(2);
    expect(await readdir(folder.path)).not.toContain('blobs');
  } finally {
    await app.close();
    await place.close();
    await folder.remove();
  }
});

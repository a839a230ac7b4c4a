import { expect, test } from 'vitest';
import { schemaOfUrl, toShownUrl } from './connection-url.ts';

test.each([
  ['postgres://oriel:secret@db:5432/oriel', 'postgres://oriel:***@db:5432/oriel'],
  [
    'postgres://oriel@db/oriel?password=secret&sslmode=require',
    'postgres://oriel@db/oriel?password=***&sslmode=require',
  ],
  ['postgres://db/oriel', 'postgres://db/oriel'],
  ['host=db password=secret', '(not a URL)'],
])('a connection string is shown without its password: %s', (url, shown) => {
  expect(toShownUrl(url)).toBe(shown);
});

test('the schema is the one the connection string names', () => {
  expect(schemaOfUrl('postgres://db/oriel?schema=serving')).toBe('serving');
  expect(schemaOfUrl('postgres://db/oriel')).toBe('public');
});

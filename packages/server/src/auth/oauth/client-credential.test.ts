import { describe, expect, test } from 'vitest';
import { readClientCredential } from './client-credential.ts';

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
const read = (authorization: string | undefined, fields: Record<string, string> = {}) =>
  readClientCredential(authorization, new Map(Object.entries(fields)));

describe('readClientCredential', () => {
  test.each([
    ['nothing', undefined, {}, null],
    ['the id alone', undefined, { client_id: 'a' }, { id: 'a', secret: null }],
    ['the form', undefined, { client_id: 'a', client_secret: 'b' }, { id: 'a', secret: 'b' }],
    ['the header', basic('a:b'), {}, { id: 'a', secret: 'b' }],
    ['a colon in the secret', basic('a:b:c'), {}, { id: 'a', secret: 'b:c' }],
    ['both halves encoded as in a form', basic('a%3Ab:c+d%2B'), {}, { id: 'a:b', secret: 'c d+' }],
    ['the scheme in any case', basic('a:b').replace('Basic', 'bAsIc'), {}, { id: 'a', secret: 'b' }],
    ['the id in the form as well', basic('a:b'), { client_id: 'a' }, { id: 'a', secret: 'b' }],
  ])('reads %s', (_name, authorization, fields, credential) =>
    expect(read(authorization, fields)).toEqual(credential),
  );

  test.each([
    ['a secret in both', basic('a:b'), { client_id: 'a', client_secret: 'b' }, 'invalid_request'],
    ['two clients', basic('a:b'), { client_id: 'c' }, 'invalid_request'],
    ['a secret of nobody', undefined, { client_secret: 'b' }, 'invalid_request'],
    ['a header without a colon', basic('a'), {}, 'invalid_client'],
    ['a header of broken text', basic('%:b'), {}, 'invalid_client'],
    ['another scheme', 'Bearer a', {}, 'invalid_client'],
    ['an empty header', '', {}, 'invalid_client'],
  ])('refuses %s', (_name, authorization, fields, code) =>
    expect(() => read(authorization, fields)).toThrow(expect.objectContaining({ code })),
  );
});

import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { digits, penguins } from '../../../test/models.ts';
import { toCall, toCurl, toTypeScript } from './call-snippets.ts';

const origin = 'http://localhost:3000';

describe('toTypeScript', () => {
  test('shows the typed call, and the type it gives', () => {
    const call = toCall(penguins, { origin, input: { island: 'Biscoe', bodyMassG: null } });
    expect(toTypeScript(call)).toBe(
      [
        "import { createClient } from '@oriel/client';",
        '',
        "const client = createClient({ url: 'http://localhost:3000' });",
        'const { output } = await client.models.penguins.predict.mutate({',
        "  island: 'Biscoe',",
        '  bodyMassG: null,',
        '});',
        "output.species; // 'Adelie' | 'Chinstrap' | 'Gentoo'",
      ].join('\n'),
    );
  });

  test('writes any text so that it reads back as it was', () => {
    const text = 'It\'s "10\\20"\n\t`${';
    const code = toTypeScript(toCall(penguins, { origin, input: { text } }));
    const literal = /text: ('.*'),/.exec(code)?.[1] ?? '';
    expect(runInNewContext(literal)).toBe(text);
  });

  test('quotes what is no identifier', () => {
    const code = toTypeScript(
      toCall({ ...penguins, id: 'late-arrivals' }, { origin, input: { 'body mass': [1, 2] } }),
    );
    expect(code).toContain("client.models['late-arrivals'].predict");
    expect(code).toContain("'body mass': [\n    1,\n    2,\n  ],");
  });

  test('sends a file as its bytes', () => {
    expect(toTypeScript(toCall(digits, { origin, input: {} }))).toContain(
      "client.models.digits.predict.mutate(await openAsBlob('image.png'))",
    );
  });
});

describe('toCurl', () => {
  test('sends JSON that a shell leaves alone', () => {
    const code = toCurl(toCall(penguins, { origin, input: { note: "it's" } }));
    expect(code).toContain('curl http://localhost:3000/api/v1/models/penguins/predict');
    expect(code).toContain(`"it'\\''s"`);
  });

  test('sends a file as the body', () => {
    expect(toCurl(toCall(digits, { origin, input: {} }))).toBe(
      "curl http://localhost:3000/api/v1/models/digits/predict \\\n  -H 'content-type: image/png' \\\n  --data-binary @image.png",
    );
  });
});

describe('with an API key', () => {
  const call = toCall(penguins, { origin, input: { island: 'Biscoe' }, hasKey: true });

  test('TypeScript reads it from the environment', () => {
    expect(toTypeScript(call)).toContain("  auth: { apiKey: process.env.ORIEL_API_KEY ?? '' },\n});");
  });

  test('curl does too: the shell puts it in', () => {
    expect(toCurl(call)).toContain('-H "authorization: Bearer $ORIEL_API_KEY" \\\n');
  });

  test('nobody else sees a word of it', () => {
    const anonymous = toCall(penguins, { origin, input: {} });
    expect(`${toTypeScript(anonymous)}${toCurl(anonymous)}`).not.toMatch(/key|authorization/i);
  });
});

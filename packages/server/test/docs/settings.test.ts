import { expect, test } from 'vitest';
import { settings } from '../../src/settings.ts';
import { readText } from './markdown.ts';

/** A default as it would be written into the environment; null: none, or another on each machine. */
function writtenDefault({ fallback, help }: { fallback: () => unknown; help: string }): string | null {
  const value = fallback();
  if (value === undefined || /default:/i.test(help)) return null;
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (Array.isArray(value)) return value.length === 0 ? null : value.join(',');
  if (typeof value !== 'string' && typeof value !== 'number') throw new Error('a default of another kind');
  return `${value}`;
}

test('.env.example says each default, and an example where there is none', () => {
  const text = readText('.env.example');
  for (const [name, setting] of Object.entries(settings)) {
    const [, value] = new RegExp(`^#${name}=(.*)$`, 'm').exec(text) ?? [];
    expect(`${name}=${value}`).toBe(`${name}=${writtenDefault(setting) ?? setting.example}`);
  }
});

test('docs/configuration.md says each default, and words where there is none', () => {
  const text = readText('docs/configuration.md');
  for (const [name, setting] of Object.entries(settings)) {
    const [, value] = new RegExp(`^\\| \`${name}\` \\| \`(.*?)\``, 'm').exec(text) ?? [];
    const written = writtenDefault(setting);
    if (written === null) expect(`${name}=${value}`).toMatch(/=(?:unset|number of cores|two)$/);
    else expect(`${name}=${value}`).toBe(`${name}=${written}`);
  }
});

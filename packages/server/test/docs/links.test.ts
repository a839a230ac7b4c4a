import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { settings } from '../../src/settings.ts';
import { fileUrl, listPages, readText } from './markdown.ts';

const scripts = JSON.parse(readText('package.json')).scripts as Record<string, string>;

/** What the command `oriel` reads; the server does not. */
const ofCommand: ReadonlySet<string> = new Set(['ORIEL_API_KEY', 'ORIEL_URL']);

/** What GitHub calls the headings of a page in addresses. */
function toAnchors(markdown: string): ReadonlySet<string> {
  const headings = [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

describe.each(listPages())('%s', (page) => {
  const text = readText(page);

  test('links lead to files that exist', () => {
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link = '']) => link);
    expect(links.filter((link) => !existsSync(new URL(link, fileUrl(page))))).toEqual([]);
  });

  test('links lead to headings that exist', () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]*)#([^)]+)\)/g)];
    const lost = links.filter(([, path = '', heading = '']) => {
      const target = path === '' ? text : readFileSync(new URL(path, fileUrl(page)), 'utf8');
      return !toAnchors(target).has(heading);
    });
    expect(lost.map(([link]) => link)).toEqual([]);
  });

  test('commands it names are scripts of package.json', () => {
    const named = [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name);
    expect(
      named.filter(
        (name) => !(name in scripts) && !name.startsWith('train:') && !name.startsWith('evaluate:'),
      ),
    ).toEqual([]);
  });

  test('settings it names exist', () => {
    const named = text.match(/\bORIEL_[A-Z_]+\b/g) ?? [];
    expect(named.filter((name) => !(name in settings) && !ofCommand.has(name))).toEqual([]);
  });
});

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../../../../', import.meta.url);

/** A file of the repository, named as seen from its root. */
export const fileUrl = (path: string): URL => new URL(path, root);
export const readText = (path: string): string => readFileSync(fileUrl(path), 'utf8');

/** Every page for people: README, changelog and docs/. */
export function listPages(): string[] {
  const docs = readdirSync(fileUrl('docs/'), { recursive: true, encoding: 'utf8' }).map(
    (path) => `docs/${path}`,
  );
  return ['README.md', 'CHANGELOG.md', 'models/README.md', ...docs].filter(
    (path) =>
      path.endsWith('.md') && statSync(fileURLToPath(fileUrl(path)), { throwIfNoEntry: false })?.isFile(),
  );
}

/** The code blocks of a page in one language, in order. */
export function codeBlocks(path: string, language: string): string[] {
  return [...readText(path).matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    ([, code = '']) => code,
  );
}

/** Blocks of TypeScript as one program, from top to bottom: each after the first keeps its own names. */
export function toProgram(blocks: readonly string[]): string {
  // imports belong to the top
  const imports = blocks.flatMap((code) => code.match(/^import .*$/gm) ?? []);
  const [first = '', ...rest] = blocks.map((code) => code.replaceAll(/^import .*$/gm, ''));
  return [...imports, first, ...rest.map((code) => `{\n${code}\n}`)].join('\n');
}

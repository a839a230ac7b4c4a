import { decodeQuotedPrintable } from './transfer-encoding.ts';

/**
 * A subject without what says where it was posted and not what it is about: encoded words decoded, reply marks and
 * mailing lists' tags ("Re:", "[list]") taken away.
 */
export function cleanSubject(subject: string): string {
  const decoded = subject.replace(/=\?[\w-]{1,30}\?([bq])\?([^?\s]{0,500})\?=/gi, (_, encoding, text) =>
    String(encoding).toLowerCase() === 'b'
      ? Buffer.from(String(text), 'base64').toString('utf8')
      : decodeQuotedPrintable(String(text).replaceAll('_', ' ')),
  );
  return decoded.replace(/^(?:\s*(?:\[[^\][]{1,40}\]|(?:re|fwd?|aw|antwort|was)(?:\[\d+\])?:))+/i, '').trim();
}

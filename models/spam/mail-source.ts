import { htmlToText, isHtml } from './html-text.ts';
import { decodeBody } from './transfer-encoding.ts';

/** What a mail says: its subject, where the source had one, and the text a reader sees. */
export interface MailText {
  readonly subject: string | null;
  readonly text: string;
  /** The HTML source of all parts that have one, also where the text is read from a plain part; empty without any. */
  readonly html: string;
}

type PartText = Omit<MailText, 'subject'>;

const nothing: PartText = { text: '', html: '' };

type Headers = ReadonlyMap<string, string>;

/** Headers that people paste along; two of them make a block of headers. */
const commonHeaders = new Set(['from', 'to', 'subject', 'date', 'cc', 'sent', 'reply-to']);
/** Headers that nobody writes by hand; one is enough. */
const technicalHeaders =
  /^(?:received|return-path|delivered-to|message-id|mime-version|content-type|content-transfer-encoding|x-[a-z-]+)$/;

/** Nested parts are read to this depth; deeper ones are dropped. */
const depthMax = 5;

/**
 * Reads a mail's body, plain or HTML, or its whole source with headers and MIME parts. Of the headers only the subject
 * and how the body is encoded are read; the rest is dropped.
 */
export function readMail(source: string): MailText {
  const { headers, body } = splitHeaders(source.replaceAll('\r\n', '\n'));
  return { subject: headers.get('subject') ?? null, ...readPart(headers, body, 0) };
}

function readPart(headers: Headers, body: string, depth: number): PartText {
  const type = headers.get('content-type') ?? '';
  const boundary = boundaryOf(type, body);
  if (boundary !== null)
    return readParts({ boundary, body, depth, isMixed: /^multipart\/mixed/i.test(type) });
  const isPage = /^text\/html/i.test(type) || /name\s*=\s*"?[^"]*\.html?\b/i.test(type);
  if (type !== '' && !isPage && !/^(?:text|message|multipart)\b/i.test(type)) return nothing;
  if (/^message\//i.test(type) && depth < depthMax) {
    const inner = splitHeaders(body.trimStart());
    return readPart(inner.headers, inner.body, depth + 1);
  }
  const text = decodeBody(body, headers.get('content-transfer-encoding') ?? '');
  return isPage || isHtml(text) ? { text: htmlToText(text), html: text } : { text, html: '' };
}

/** From the header, or from the first line where the headers were left out. */
function boundaryOf(type: string, body: string): string | null {
  if (type === '')
    return (
      /^\s*(?:This is a multi-?part message[^\n]*\n\s*)?--([^\s]{6,70})\nContent-/i.exec(body)?.[1] ?? null
    );
  return /^multipart\//i.test(type)
    ? (/boundary\s*=\s*"?([^";\n]{1,70})"?/i.exec(type)?.[1]?.trim() ?? null)
    : null;
}

interface Multipart {
  readonly boundary: string;
  readonly body: string;
  readonly depth: number;
  /** Whether the parts follow each other, rather than say the same in several ways. */
  readonly isMixed: boolean;
}

function readParts({ boundary, body, depth, isMixed }: Multipart): PartText {
  if (depth >= depthMax) return nothing;
  const parts = partsBetween(boundary, body).map((part) => {
    const { headers, body } = splitHeaders(part, true);
    const isPlain = /^text\/plain/i.test(headers.get('content-type') ?? 'text/plain');
    return { isPlain, ...readPart(headers, body, depth + 1) };
  });
  const filled = parts.filter(({ text }) => text.trim() !== '');
  // an HTML part says the same as its plain sister, so its text is read only where it stands alone
  const plain = isMixed ? [] : filled.filter(({ isPlain }) => isPlain);
  return {
    text: (plain.length > 0 ? plain : filled).map(({ text }) => text.trim()).join('\n\n'),
    html: parts.map(({ html }) => html).join(''),
  };
}

/** What stands before the first boundary is for programs that do not know MIME; after the closing one comes a list's footer. */
function partsBetween(boundary: string, body: string): string[] {
  const parts: string[][] = [];
  for (const line of body.split('\n')) {
    // compared as a whole: one boundary may be the start of another
    const mark = line.startsWith('--') ? line.trimEnd() : '';
    if (mark === `--${boundary}--`) break;
    if (mark === `--${boundary}`) parts.push([]);
    else parts.at(-1)?.push(line);
  }
  return parts.map((lines) => lines.join('\n'));
}

/** @param isCertain - true where a part's headers must stand, so that a single one counts */
function splitHeaders(source: string, isCertain = false): { headers: Headers; body: string } {
  const headers = new Map<string, string>();
  const lines = source.split('\n');
  let last = '';
  let count = 0;
  // "From someone@somewhere date" is how mailbox files separate mails
  if (/^From \S+/.test(lines[0] ?? '')) count++;
  for (; count < lines.length; count++) {
    const line = lines[count] ?? '';
    const [, name, value] = /^([A-Za-z][A-Za-z0-9-]{0,60}):[ \t]*(.*)$/.exec(line) ?? [];
    if (name !== undefined) {
      last = name.toLowerCase();
      headers.set(last, value ?? '');
    } else if (/^[ \t]+\S/.test(line) && last !== '') {
      headers.set(last, `${headers.get(last)} ${line.trim()}`);
    } else break;
  }
  const isBlock = (lines[count] ?? '').trim() === '' && (isCertain || looksLikeHeaders(headers));
  return isBlock
    ? { headers, body: lines.slice(count + 1).join('\n') }
    : { headers: new Map(), body: source };
}

function looksLikeHeaders(headers: Headers): boolean {
  const names = [...headers.keys()];
  return (
    names.some((name) => technicalHeaders.test(name)) ||
    names.filter((name) => commonHeaders.has(name)).length >= 2
  );
}

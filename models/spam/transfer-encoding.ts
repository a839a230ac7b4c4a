/**
 * A body's text from how it was made fit for transport.
 *
 * @param encoding - the header's value; empty where there was none
 */
export function decodeBody(body: string, encoding: string): string {
  if (/base64/i.test(encoding)) return decodeBase64(body);
  // soft breaks and "=20" give the encoding away where its header was left out
  const isQuotedPrintable =
    /quoted-printable/i.test(encoding) ||
    (encoding === '' && (body.match(/=(?:20)?\n|=3D/g)?.length ?? 0) > 2);
  return isQuotedPrintable ? decodeQuotedPrintable(body) : body;
}

/** Mailing lists put their footer, plain as it is, behind the encoded text. */
function decodeBase64(body: string): string {
  const lines = body.split('\n');
  const end = lines.findIndex((line) => !/^[A-Za-z0-9+/]*={0,2}\s*$/.test(line));
  const encoded = end < 0 ? lines : lines.slice(0, end);
  return [fromBytes(Buffer.from(encoded.join(''), 'base64')), ...lines.slice(encoded.length)].join('\n');
}

/** Softly: what is no valid code stays as it is. */
export function decodeQuotedPrintable(text: string): string {
  const joined = text.replace(/=[ \t]{0,8}\n/g, '');
  return joined.replace(/(?:=[0-9A-F]{2})+/gi, (codes) =>
    fromBytes(Buffer.from(codes.replaceAll('=', ''), 'hex')),
  );
}

/** UTF-8 where it is valid, else Latin-1, which never fails. */
function fromBytes(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return bytes.toString('latin1');
  }
}

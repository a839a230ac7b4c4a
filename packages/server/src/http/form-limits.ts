import { AppError } from '../errors.ts';

export interface FormLimits {
  readonly formPartsMax: number;
  /** Of a field that is no file. */
  readonly formFieldBytesMax: number;
}

const separator = Buffer.from('\r\n\r\n');

/**
 * Refuses a form with too many parts or too large fields, before it is parsed: each part becomes objects that cost far
 * more than its bytes. What is no well-formed form is left to the parser to refuse.
 *
 * @throws AppError INPUT_INVALID
 * @see RFC 7578, "Returning Values from Forms: multipart/form-data"
 */
export function checkForm(body: Buffer, contentType: string, limits: FormLimits): void {
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType) ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined) return;
  const delimiter = Buffer.from(`--${boundary}`);
  let parts = 0;
  for (let at = body.indexOf(delimiter); at !== -1; ) {
    const next = body.indexOf(delimiter, at + delimiter.length);
    // what follows the last delimiter is no part
    if (next === -1) return;
    parts++;
    if (parts > limits.formPartsMax)
      throw refused(`The form must have at most ${limits.formPartsMax} parts.`, [], 'too_many_parts');
    checkPart(body.subarray(at + delimiter.length, next), limits.formFieldBytesMax);
    at = next;
  }
}

function checkPart(part: Buffer, bytesMax: number): void {
  const end = part.indexOf(separator);
  const head = part.toString('utf8', 0, end === -1 ? part.length : end);
  if (/;\s*filename\*?=/i.test(head)) return;
  // a head without an end is no field yet, and counts as if it were one
  if (part.length - Math.max(0, end) - separator.length <= bytesMax + 2) return;
  const [, name = ''] = /;\s*name="([^"]{0,100})"/i.exec(head) ?? [];
  throw refused(
    `The form's field "${name}" must have at most ${bytesMax} bytes, or be a file.`,
    [name],
    'too_big',
  );
}

function refused(message: string, path: string[], rule: string): AppError {
  return new AppError('INPUT_INVALID', message, { issues: [{ path, rule, message }] });
}

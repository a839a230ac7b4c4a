import { createRandomId } from '../random-id.ts';

/** What a form has around its one file. */
export interface FormFrame {
  readonly contentType: string;
  /** All before the file: the other fields. */
  readonly head: Uint8Array<ArrayBuffer>;
  readonly tail: Uint8Array<ArrayBuffer>;
}

/**
 * A form with a file and what is said of it. The file itself is left out, so that it can be a stream: `FormData` has no room
 * for one, and changes the line ends of texts besides.
 *
 * @see RFC 7578
 */
export function createFormFrame(
  fields: Readonly<Record<string, string | undefined>>,
  fileName: string,
): FormFrame {
  const boundary = `oriel-${createRandomId()}`;
  const parts = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined
      ? []
      : `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const file = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${escapeQuotes(fileName)}"\r\ncontent-type: application/octet-stream\r\n\r\n`;
  const encoder = new TextEncoder();
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    head: encoder.encode(parts.join('') + file),
    tail: encoder.encode(`\r\n--${boundary}--\r\n`),
  };
}

/** As browsers do it. */
function escapeQuotes(fileName: string): string {
  return fileName.replaceAll(/["\r\n]/g, encodeURIComponent);
}

/** The stream with what is around it. */
export function frameStream(
  stream: ReadableStream<Uint8Array>,
  { head, tail }: FormFrame,
): ReadableStream<Uint8Array> {
  return stream.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      start: (controller) => controller.enqueue(head),
      flush: (controller) => controller.enqueue(tail),
    }),
  );
}

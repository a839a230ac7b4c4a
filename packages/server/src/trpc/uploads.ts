import { UploadedMedia } from '@oriel/schemas';
import { AppError } from '../errors.ts';
import { middleware } from './procedures.ts';

/** Lets the input come as the bytes of a file or as a form: reads it before the contract sees it. */
export function acceptUploads(field: string) {
  return middleware(({ next, getRawInput }) =>
    next({ getRawInput: async () => readUpload(await getRawInput(), field) }),
  );
}

/**
 * What a door was sent, as the JSON-like input that contracts read: bytes and forms become an object whose file
 * field holds {@link UploadedMedia}. Anything else is handed on untouched, for the contract to judge.
 *
 * The doors bound the size of a body, so it is bounded here.
 *
 * @param field - the input field that a bare file fills
 * @throws AppError INPUT_INVALID when a form repeats a field
 */
export async function readUpload(raw: unknown, field: string): Promise<unknown> {
  if (raw instanceof Uint8Array) return { [field]: new UploadedMedia(raw) };
  if (raw instanceof ReadableStream)
    return { [field]: new UploadedMedia(new Uint8Array(await new Response(raw).arrayBuffer())) };
  if (raw instanceof FormData) return readForm(raw);
  return raw;
}

async function readForm(form: FormData): Promise<Record<string, unknown>> {
  const input: Record<string, unknown> = {};
  for (const [name, value] of form) {
    if (Object.hasOwn(input, name)) {
      throw new AppError('INPUT_INVALID', `The form has the field "${name}" more than once.`, {
        issues: [{ path: [name], rule: 'repeated', message: 'must be there once' }],
      });
    }
    input[name] = typeof value === 'string' ? value : await readBlob(value);
  }
  return input;
}

async function readBlob(blob: Blob): Promise<UploadedMedia> {
  return new UploadedMedia(new Uint8Array(await blob.arrayBuffer()));
}

import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Busboy } from '@fastify/busboy';
import { AppError } from '../errors.ts';
import { heardElsewhere, incomplete } from './upload-body.ts';

interface Limits {
  readonly formPartsMax: number;
  readonly formFieldBytesMax: number;
}

/** What a form brought: its one file, by what was made of it, and its other fields. */
export interface UploadForm<File> {
  readonly file: File;
  readonly fileName: string | undefined;
  readonly fields: Readonly<Record<string, string>>;
}

/**
 * Reads a form with one file, which is handed on as it arrives and never held.
 *
 * @param takeFile - takes the file; the form is read no faster than that
 * @throws AppError INPUT_INVALID for none or several files and repeated or too large fields, BODY_MALFORMED; and what
 * `body` and `takeFile` throw
 */
export async function readUploadForm<File>(
  body: Readable,
  contentType: string,
  { formPartsMax, formFieldBytesMax }: Limits,
  takeFile: (file: AsyncIterable<Uint8Array>) => Promise<File>,
): Promise<UploadForm<File>> {
  const parser = createParser(contentType, { formPartsMax, formFieldBytesMax });
  parser.on('error', heardElsewhere);
  const fields: Record<string, string> = {};
  let file: Promise<File> | undefined;
  let fileError: unknown;
  let fileName: string | undefined;
  const refuse = (field: string, rule: string, message: string) =>
    parser.destroy(refused(field, rule, message));

  parser.on('field', (name, value, _nameCut, isValueCut) => {
    if (isValueCut) refuse(name, 'too_big', `must have at most ${formFieldBytesMax} bytes, or be a file`);
    else if (Object.hasOwn(fields, name)) refuse(name, 'repeated', 'must be there once');
    else Object.defineProperty(fields, name, { value, enumerable: true });
  });
  parser.on('file', (name, stream, given) => {
    if (file) {
      stream.on('error', heardElsewhere).resume();
      refuse(name, 'too_many_files', 'a form must have one file');
      return;
    }
    fileName = given;
    stream.on('error', heardElsewhere);
    file = takeFile(stream);
    // what went wrong with the file ends the form; what went wrong with the form ends the file
    file.catch((error: unknown) => {
      fileError = error;
      parser.destroy(toError(error));
    });
    parser.once('error', (error) => stream.destroy(toError(error)));
  });
  parser.on('partsLimit', () => refuse('', 'too_many_parts', `must have at most ${formPartsMax} parts`));

  try {
    await pipeline(body, parser);
  } catch (error) {
    await file?.catch(() => undefined);
    throw isCut(error) ? incomplete(error) : error === fileError ? error : toFormError(error);
  }
  if (!file) throw refused('', 'no_file', 'a form must have one file');
  return { file: await file, fileName, fields };
}

function createParser(contentType: string, { formPartsMax, formFieldBytesMax }: Limits) {
  try {
    return new Busboy({
      headers: { 'content-type': contentType },
      isPartAFile: (_name, _type, fileName) => fileName !== undefined,
      limits: {
        parts: formPartsMax,
        fieldSize: formFieldBytesMax,
        fieldNameSize: 100,
        headerPairs: 50,
        headerSize: 8192,
      },
    });
  } catch (cause) {
    throw malformed(cause);
  }
}

/** What busboy says of a form without its end. */
function isCut(error: unknown): boolean {
  return error instanceof Error && /^(?:Unexpected end of|Part terminated early)/.test(error.message);
}

function toFormError(error: unknown): unknown {
  if (error instanceof AppError) return error;
  // an error of the connection has a code; what busboy finds has none
  return error instanceof Error && !('code' in error) ? malformed(error) : error;
}

function malformed(cause: unknown): AppError {
  return new AppError('BODY_MALFORMED', 'The form could not be read: it is not valid multipart/form-data.', {
    cause,
  });
}

function refused(field: string, rule: string, message: string): AppError {
  return new AppError(
    'INPUT_INVALID',
    `The form is not valid. ${field === '' ? '' : `${field}: `}${message}`,
    {
      issues: [{ path: field === '' ? [] : [field], rule, message }],
    },
  );
}

function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

import type { ModelDetail } from '@oriel/schemas';
import type { Schema } from '../../lib/json-schema.ts';

/** Where code finds its API key: in no file that others read. */
export const keyVariable = 'ORIEL_API_KEY';

interface Call {
  readonly id: string;
  /** Where the server is. */
  readonly origin: string;
  readonly input: unknown;
  /** The media type of the file that is the whole input; null where the input is JSON. */
  readonly fileType: string | null;
  readonly output: Schema;
  /** Whether it names an API key. */
  readonly hasKey: boolean;
}

interface CallOptions {
  /** Where the server is. */
  readonly origin: string;
  readonly input: unknown;
  readonly hasKey?: boolean;
}

/** A call as its code shows it; files stand for themselves, not for their bytes. */
export function toCall(model: ModelDetail, { origin, input, hasKey = false }: CallOptions): Call {
  const { media, input: schema, output } = model.contract;
  const common = { id: model.id, origin, output, hasKey };
  if (!media) return { ...common, input, fileType: null };
  const isAlone = Object.keys(schema.properties ?? {}).length === 1;
  const shown = { ...(input as object | undefined), [media.field]: '<the file as base64>' };
  return { ...common, input: shown, fileType: isAlone ? (media.types[0] ?? null) : null };
}

/** The call with the typed client. */
export function toTypeScript({ id, origin, input, fileType, output, hasKey }: Call): string {
  const procedure = `client.models${/^[a-z]\w*$/.test(id) ? `.${id}` : `[${quote(id)}]`}.predict.mutate`;
  return [
    ...(fileType ? [`import { openAsBlob } from 'node:fs';`] : []),
    `import { createClient } from '@oriel/client';`,
    '',
    ...toClient(origin, hasKey),
    `const { output } = await ${procedure}(${fileType ? `await openAsBlob(${quote(toFileName(fileType))})` : toLiteral(input)});`,
    ...toTypedUse(output),
  ].join('\n');
}

function toClient(origin: string, hasKey: boolean): string[] {
  if (!hasKey) return [`const client = createClient({ url: ${quote(origin)} });`];
  return [
    'const client = createClient({',
    `  url: ${quote(origin)},`,
    `  auth: { apiKey: process.env.${keyVariable} ?? '' },`,
    '});',
  ];
}

/** The same call over REST. */
export function toCurl({ id, origin, input, fileType, hasKey }: Call): string {
  const body = fileType
    ? [`-H 'content-type: ${fileType}'`, `--data-binary @${toFileName(fileType)}`]
    : [`-H 'content-type: application/json'`, `-d ${quoteForShell(JSON.stringify(input, null, 2))}`];
  return [
    `curl ${origin}/api/v1/models/${id}/predict`,
    // in double quotes, where a shell puts the variable's value
    ...(hasKey ? [`-H "authorization: Bearer $${keyVariable}"`] : []),
    ...body,
  ].join(' \\\n  ');
}

/** The first field of the output with the type an editor shows for it: what the contract gives to code that calls it. */
function toTypedUse(output: Schema): string[] {
  const [name, schema] = Object.entries(output.properties ?? {})[0] ?? [];
  if (name === undefined || !schema) return ['console.log(output);'];
  const type = schema.enum
    ? schema.enum.map((option) => toLiteral(option)).join(' | ')
    : schema.type === 'integer'
      ? 'number'
      : schema.type;
  return [`output.${name};${typeof type === 'string' ? ` // ${type}` : ''}`];
}

function toFileName(type: string): string {
  return `image.${type.split('/')[1] ?? 'bin'}`;
}

/** A JSON value as people write it in TypeScript: bare keys, single quotes. */
function toLiteral(value: unknown, indent = ''): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value !== 'object' || value === null) return String(value);
  const inner = `${indent}  `;
  const lines = Array.isArray(value)
    ? value.map((each) => toLiteral(each, inner))
    : Object.entries(value).map(
        ([key, each]) => `${/^[A-Za-z_$][\w$]*$/.test(key) ? key : quote(key)}: ${toLiteral(each, inner)}`,
      );
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  if (lines.length === 0) return `${open}${close}`;
  return `${open}\n${lines.map((line) => `${inner}${line},\n`).join('')}${indent}${close}`;
}

function quote(text: string): string {
  const escaped = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${escaped}'`;
}

/** In single quotes a shell reads everything as it stands, but for the quote itself. */
function quoteForShell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

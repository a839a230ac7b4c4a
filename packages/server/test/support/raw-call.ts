import type { AnyTRPCRouter } from '@trpc/server';
import type { Meta } from '../../src/trpc/procedures.ts';

/** What a plain HTTP caller needs to know of a procedure. */
export interface Procedure {
  readonly path: string;
  readonly type: 'query' | 'mutation';
  readonly rest: { readonly method: string; readonly path: string } | undefined;
}

/** The queries and mutations of a router, by path. */
export function proceduresOf(router: AnyTRPCRouter): Procedure[] {
  // tRPC types the values of this record no further
  const all = Object.entries(router._def.procedures) as [string, { _def: { type: string; meta?: Meta } }][];
  return all.flatMap(([path, { _def }]) =>
    _def.type === 'query' || _def.type === 'mutation'
      ? [{ path, type: _def.type, rest: _def.meta?.openapi }]
      : [],
  );
}

type Headers = Readonly<Record<string, string>>;

export async function callThroughTrpc(
  url: string,
  { path, type }: Procedure,
  input: unknown,
  headers: Headers,
) {
  const json = JSON.stringify(input === undefined ? {} : { json: input });
  return type === 'query'
    ? send(`${url}/trpc/${path}?input=${encodeURIComponent(json)}`, { headers })
    : send(`${url}/trpc/${path}`, post('POST', json, headers));
}

/** What the path names goes there; the rest into the query or the body. */
export async function callThroughRest(url: string, { rest }: Procedure, input: unknown, headers: Headers) {
  if (!rest) throw new Error('the procedure is not served over REST');
  const fields: Record<string, unknown> = { ...Object(input) };
  const path = rest.path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => {
    const value = fields[name];
    delete fields[name];
    return encodeURIComponent(String(value));
  });
  const target = `${url}/api/v1${path}`;
  if (rest.method !== 'GET' && rest.method !== 'DELETE')
    return send(target, post(rest.method, JSON.stringify(fields), headers));
  const query = new URLSearchParams(Object.entries(fields).map(([name, value]) => [name, String(value)]));
  return send(`${target}?${query}`, { method: rest.method, headers });
}

function post(method: string, body: string, headers: Headers): RequestInit {
  return { method, body, headers: { 'content-type': 'application/json', ...headers } };
}

async function send(url: string, init: RequestInit) {
  const response = await fetch(url, init);
  return { status: response.status, headers: response.headers, text: await response.text() };
}

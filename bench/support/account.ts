import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Running, type Subject, start } from './server.ts';

/** Who calls: nobody that is known, a program with a key or an access token, or a person in a browser. */
export type Caller = 'anonymous' | 'key' | 'token' | 'session';

export type Headers = Readonly<Record<string, string>>;

interface Account {
  /** A data folder in which the account is. */
  readonly folder: string;
  readonly apiKey: string;
  readonly client: { readonly id: string; readonly secret: string };
  readonly cookie: string;
}

const linkPattern = /http:\/\/\S+\/#\/sign-in-link\/([\w-]{43})/;
const password = 'as fast as a penguin dives';

let making: Promise<Account> | undefined;

/** A copy of a data folder in which one admin has an account, a key without limits, a client and a session. */
export async function copyAccountFolder(subject: Subject): Promise<string> {
  making ??= makeAccount(subject);
  const folder = await mkdtemp(join(tmpdir(), 'oriel-bench-data-'));
  await cp((await making).folder, folder, { recursive: true });
  return folder;
}

/** What requests of such a caller say of it. A token is fetched anew: it lives for minutes. */
export async function headersOf(caller: Caller, { url }: Pick<Running, 'url'>): Promise<Headers> {
  if (caller === 'anonymous') return {};
  if (!making) throw new Error('there is no account yet: start the server on a copy of its folder');
  const { apiKey, client, cookie } = await making;
  if (caller === 'key') return { authorization: `Bearer ${apiKey}` };
  if (caller === 'session') return { cookie, 'sec-fetch-site': 'same-origin' };
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: client.id,
    client_secret: client.secret,
  });
  const { access_token: token } = await read(fetch(`${url}/oauth/token`, { method: 'POST', body }));
  return { authorization: `Bearer ${token}` };
}

/** As a person would after the first start: with the link that the terminal shows, then on the account's page. */
async function makeAccount(subject: Subject): Promise<Account> {
  const folder = await mkdtemp(join(tmpdir(), 'oriel-bench-account-'));
  process.once('beforeExit', () => void rm(folder, { recursive: true, force: true }));
  const link = Promise.withResolvers<string>();
  let printed = '';
  const server = await start(subject, {
    dataFolder: folder,
    onOutput(text) {
      printed += text;
      const token = linkPattern.exec(printed)?.[1];
      if (token !== undefined) link.resolve(token);
    },
  });
  try {
    const send = (path: string, body: unknown, cookie?: string) =>
      fetch(`${server.url}/api/v1${path}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(cookie !== undefined && { cookie, 'sec-fetch-site': 'same-origin' }),
        },
        body: JSON.stringify(body),
      });
    const signedIn = await send('/auth/use-link', { token: await link.promise, password });
    const cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const { secret: apiKey } = await read(
      send(
        '/keys',
        { name: 'bench', scopes: ['predict', 'datasets:read', 'datasets:write', 'jobs:read', 'jobs:write'] },
        cookie,
      ),
    );
    const { client, secret } = await read(send('/clients', { name: 'bench', scopes: ['predict'] }, cookie));
    return { folder, apiKey, client: { id: client.id, secret }, cookie };
  } finally {
    await server.stop();
  }
}

// biome-ignore lint/suspicious/noExplicitAny: what is read is used at once; a wrong shape makes the next request fail
async function read(answering: Promise<Response>): Promise<any> {
  const answer = await answering;
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${answer.url} answered ${answer.status}: ${text.slice(0, 300)}`);
  return JSON.parse(text);
}

import { createClient, type NodeClient } from '../node/node-client.ts';
import { type Terminal, UsageError } from './terminal.ts';

const urlDefault = 'http://localhost:3000';

/** Where the server is: as said with `--url` or ORIEL_URL. */
export function serverUrl(url: string | undefined, { env }: Pick<Terminal, 'env'>): string {
  return url ?? (env['ORIEL_URL'] || urlDefault);
}

/** @throws UsageError when the address or the key cannot be one */
export function openClient(
  values: { readonly url?: string | undefined; readonly 'api-key'?: string | undefined },
  terminal: Terminal,
): NodeClient {
  const url = serverUrl(values.url, terminal);
  if (!/^https?:/.test(url) || !URL.canParse(url))
    throw new UsageError(`--url must be an address such as ${urlDefault}; it is "${url}".`);
  const { username, password } = new URL(url);
  if (username !== '' || password !== '')
    throw new UsageError('--url must have no name and password in it. An API key says who calls.');
  // a variable that is empty is one that is not set
  const apiKey = values['api-key'] ?? (terminal.env['ORIEL_API_KEY'] || undefined);
  try {
    return createClient({ url, ...(apiKey !== undefined && { auth: { apiKey } }) });
  } catch (error) {
    // what it says never holds the key
    if (error instanceof TypeError) throw new UsageError(error.message.replace('auth.apiKey', '--api-key'));
    throw error;
  }
}

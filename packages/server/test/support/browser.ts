import type { TestApp } from './test-app.ts';

/** What a browser does with cookies, and nothing else of one. */
export function createBrowser({ send }: Pick<TestApp, 'send'>) {
  const cookies = new Map<string, string>();

  return {
    cookies,
    get: (path: string) => request('GET', path),
    delete: (path: string) => request('DELETE', path),
    post: (path: string, body: unknown = {}) => request('POST', path, body),
    /** Who is signed in, by name; null: nobody. */
    async whoAmI(): Promise<unknown> {
      const { body } = await request('GET', '/api/v1/auth/state');
      // the shape of AuthState, which the tests of the router see to
      return (body as { user: { name: string } | null }).user?.name ?? null;
    },
  };

  async function request(method: string, path: string, body?: unknown) {
    const answer = await send(path, {
      method,
      headers: {
        'user-agent': 'Test browser',
        'sec-fetch-site': 'same-origin',
        ...(cookies.size > 0 && { cookie: [...cookies].map((pair) => pair.join('=')).join('; ') }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    for (const line of answer.headers.getSetCookie()) keep(line);
    return answer;
  }

  function keep(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (/max-age=0/i.test(line)) cookies.delete(name);
    else cookies.set(name, value);
  }
}

export type TestBrowser = ReturnType<typeof createBrowser>;

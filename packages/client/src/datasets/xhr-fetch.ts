/**
 * A `fetch` that tells how much of the body has been sent, which only XMLHttpRequest knows. For requests whose answer
 * is small: it is held in memory.
 */
export function createXhrFetch(onBytes: (sentBytes: number) => void): typeof fetch {
  return async (input, init = {}) => {
    const { signal, method = 'GET', credentials, body } = init;
    signal?.throwIfAborted();
    const request = new XMLHttpRequest();
    request.open(method, input instanceof Request ? input.url : String(input));
    request.responseType = 'arraybuffer';
    request.withCredentials = credentials === 'include';
    for (const [name, value] of new Headers(init.headers)) request.setRequestHeader(name, value);

    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    const onAbort = () => {
      request.abort();
      reject(signal?.reason);
    };
    request.upload.addEventListener('progress', ({ loaded }) => onBytes(loaded));
    request.addEventListener('load', () => resolve(toResponse(request)));
    // as `fetch` says it
    request.addEventListener('error', () => reject(new TypeError('The connection failed.')));
    signal?.addEventListener('abort', onAbort);
    try {
      // never a stream: whoever calls this knows
      request.send(body as XMLHttpRequestBodyInit | null | undefined);
      return await promise;
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  };
}

function toResponse(request: XMLHttpRequest): Response {
  const { status, statusText } = request;
  const headers = new Headers();
  for (const line of request.getAllResponseHeaders().trim().split(/\r?\n/)) {
    const at = line.indexOf(':');
    if (at > 0) headers.append(line.slice(0, at), line.slice(at + 1).trim());
  }
  const isEmpty = status === 204 || status === 304;
  return new Response(isEmpty ? null : (request.response as ArrayBuffer), { status, statusText, headers });
}

import type { FastifyInstance } from 'fastify';

interface Route {
  readonly segments: readonly string[];
  readonly methods: readonly string[];
}

/**
 * Remembers which methods the routes of a server take, to tell whoever comes with another one. To be called before the
 * routes are added; what it returns is for the path of a request that no route was found for.
 */
export function methodsOfPath(server: FastifyInstance): (path: string) => string[] {
  const routes: Route[] = [];
  server.addHook('onRoute', ({ url, method }) => {
    // what takes any path says nothing of one
    if (!url.includes('*')) routes.push({ segments: url.split('/'), methods: [method].flat() });
  });
  return (path) => {
    const segments = path.replace(/(.)\/$/, '$1').split('/');
    const found = routes.filter((route) => isOf(route, segments));
    return [...new Set(found.flatMap(({ methods }) => methods))].toSorted();
  };
}

/** Whether a path is one of a route's, e.g. of `/models/:id`. */
function isOf(route: Route, segments: readonly string[]): boolean {
  return (
    route.segments.length === segments.length &&
    route.segments.every((name, i) => (name.startsWith(':') ? segments[i] !== '' : name === segments[i]))
  );
}

import superjson from 'superjson';

/**
 * The transformer of both ends of tRPC: superjson's format, without its deep copy where the value is plain JSON
 * already. superjson writes plain JSON as `{ json: value }`, so both ends stay compatible with plain superjson.
 */
export const wireFormat = {
  serialize(value: unknown): unknown {
    return isPlainJson(value, depthMax) ? { json: value } : superjson.serialize(value);
  },
  deserialize(wire: unknown): unknown {
    if (typeof wire !== 'object' || wire === null || !('json' in wire)) return undefined;
    const { json } = wire;
    const meta = 'meta' in wire ? wire.meta : undefined;
    // superjson checks nothing of the shape itself; its own type says it takes what it wrote
    return meta ? superjson.deserialize(wire as Parameters<typeof superjson.deserialize>[0]) : json;
  },
};

// deeper values take superjson's own path, which also knows cycles
const depthMax = 32;

/** True for what JSON.stringify and JSON.parse give back unchanged. */
function isPlainJson(value: unknown, depth: number): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value !== 'object') return false;
  if (depth === 0) return false;
  if (Array.isArray(value)) {
    // for, not every: holes must not be skipped
    for (let i = 0; i < value.length; i++) if (!isPlainJson(value[i], depth - 1)) return false;
    return true;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  for (const key in value) {
    // null-prototype objects and own keys only: `key` was just enumerated
    if (!isPlainJson((value as Record<string, unknown>)[key], depth - 1)) return false;
  }
  return true;
}

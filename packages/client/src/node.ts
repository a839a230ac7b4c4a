export * from './index.ts';
export { createClient, type FileHelpers, type NodeClient } from './node/node-client.ts';

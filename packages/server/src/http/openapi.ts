import { type AnyContract, problemSchema, typeNameOf } from '@oriel/schemas';
import type { AnyTRPCRouter } from '@trpc/server';
import { generateOpenApiDocument } from 'trpc-to-openapi';
import { type Access, refusalOf } from '../auth/access.ts';
import { anonymousPrincipal } from '../auth/principal.ts';
import { sessionCookieName } from '../auth/session-cookie.ts';
import { transportOfKind } from '../errors.ts';
import { toContractSchemas, toJsonSchema } from '../models/contract-schema.ts';
import type { Meta } from '../trpc/procedures.ts';
import { type DoorOperation, datasetOperations } from './dataset-paths.ts';
import { describeJobHeaders, jobOperations } from './job-paths.ts';
import { predictStreamOperation } from './predict-stream-paths.ts';

type Json = Record<string, unknown>;

interface Options {
  readonly router: AnyTRPCRouter;
  readonly contracts: Readonly<Record<string, AnyContract>>;
  readonly version: string;
  /** Whether callers that nobody knows may predict. */
  readonly isAnonymousAllowed: boolean;
}

const titleOfStatus = new Map<string, string>(
  Object.values(transportOfKind).map(({ status, title }) => [String(status), title]),
);

/**
 * The OpenAPI 3.1 document of all procedures that have a REST path. The bridge writes it; this adds what it cannot
 * know: problem documents as errors, contracts as named components with their examples, and files as bodies.
 */
export function createOpenApiDocument({ router, contracts, version, isAnonymousAllowed }: Options): Json {
  const document = structuredClone(
    generateOpenApiDocument(router, {
      title: 'Oriel',
      description:
        'Machine-learning models behind a type-safe API: each model with its own contract, checked on the way in and out.',
      version,
      baseUrl: '/api/v1',
      openApiVersion: '3.1.0',
      license: { name: 'MIT', identifier: 'MIT' },
      securitySchemes,
      tags: [...Object.keys(descriptionOfTag), ...Object.keys(contracts)],
    }),
    // a plain object of JSON from here on
  ) as unknown as {
    paths: Record<string, Record<string, Json>>;
    components: { schemas: Record<string, Json> };
    tags: Json[];
  };

  const { schemas } = document.components;
  for (const name of Object.keys(schemas)) if (name.startsWith('error.')) delete schemas[name];
  addSchema(schemas, 'Problem', toJsonSchema(problemSchema, 'output'));
  for (const { openapi, access } of metasOf(router)) {
    const operation = openapi && document.paths[openapi.path]?.[openapi.method.toLowerCase()];
    if (!operation || !access) continue;
    describeAccess(operation, access, isAnonymousAllowed);
    const responses = operation.responses as Json;
    // whatever has a query may get one that it does not know
    responses['400'] = responses['429'] = {};
    // whatever has a body may get one that is too large, or of another type
    if (operation.requestBody) responses['413'] = responses['415'] = {};
    describeErrors(operation);
  }
  for (const each of [...datasetOperations(), ...jobOperations()])
    addOperation(document.paths, each, isAnonymousAllowed);
  for (const contract of Object.values(contracts)) {
    describeModel(document.paths, schemas, contract);
    addOperation(document.paths, predictStreamOperation(contract), isAnonymousAllowed);
  }
  describeJobHeaders(document.paths, Object.keys(contracts));
  for (const tag of document.tags) tag.description = tagDescription(String(tag.name), contracts);
  dropPatternsOfFormats(document);
  return document;
}

const descriptionOfTag = {
  models: 'What is served.',
  predictions: 'What was predicted.',
  datasets: 'Rows that people uploaded, or that jobs made.',
  jobs: 'Long tasks, which can be watched, paused and cancelled.',
  auth: 'Signing in and out.',
  keys: 'API keys.',
  clients: 'Service clients, which get access tokens.',
  tokens: 'Access tokens for your own tools.',
  users: 'People with an account, for admins.',
  audit: 'What happened to the safety of the server, for admins.',
} as const;

function tagDescription(name: string, contracts: Options['contracts']): string {
  const descriptions: Readonly<Record<string, string>> = descriptionOfTag;
  return descriptions[name] ?? contracts[name]?.description ?? name;
}

/** What a caller shows to say who it is: either will do. */
const securitySchemes = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description: 'An API key (`oriel_…`), or an access token of the token endpoint.',
  },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: sessionCookieName(true),
    description: 'The cookie that signing in sets, for browsers; on plain HTTP it is called `oriel-session`.',
  },
} as const;

/** What the procedures say of themselves. */
function metasOf(router: AnyTRPCRouter): Meta[] {
  // tRPC types the values of this record no further
  const procedures = Object.values(router._def.procedures) as { _def: { meta?: Meta } }[];
  return procedures.flatMap(({ _def: { meta } }) => meta ?? []);
}

/**
 * Which credential an operation asks for, and with which scope; an empty alternative where it may be none.
 * @see OpenAPI 3.1, "Security Requirement Object"
 */
function describeAccess(operation: Json, access: Access, isAnonymousAllowed: boolean): void {
  const responses = operation.responses as Record<string, Json>;
  if (access.kind === 'open') {
    operation.security = [{}];
    return;
  }
  responses['401'] = {};
  responses['403'] = {};
  if (access.kind === 'signed-in') {
    operation.security = [{ session: [] }];
    return;
  }
  const { scope } = access;
  const isAnonymousToo = isAnonymousAllowed && isForAnonymous(access);
  operation.security = [{ bearer: [scope] }, { session: [scope] }, ...(isAnonymousToo ? [{}] : [])];
}

function isForAnonymous(access: Access): boolean {
  return refusalOf(anonymousPrincipal(true), access) === null;
}

function describeErrors(operation: Json): void {
  const responses = operation.responses as Record<string, Json>;
  for (const status of Object.keys(responses)) {
    if (!/^[45]/.test(status)) continue;
    responses[status] = {
      description: titleOfStatus.get(status) ?? 'Error',
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    };
  }
}

/** Names the input of a model's operations, gives its examples, and offers files as bodies where the contract reads one. */
function describeModel(
  paths: Record<string, Record<string, Json>>,
  schemas: Record<string, Json>,
  contract: AnyContract,
): void {
  const inputName = `${typeNameOf(contract.id)}Input`;
  addSchema(schemas, inputName, toContractSchemas(contract).input);
  const ref = { $ref: `#/components/schemas/${inputName}` };
  const examples = Object.fromEntries(
    contract.examples.map(({ title, input }, i) => [`example${i + 1}`, { summary: title, value: input }]),
  );

  for (const path of [
    `/models/${contract.id}/predict`,
    `/models/${contract.id}/versions/{version}/predict`,
  ]) {
    setBody(paths[path]?.post, { 'application/json': { schema: ref, examples }, ...mediaBodies(contract) });
  }
  setBody(paths[`/models/${contract.id}/predict-many`]?.post, {
    'application/json': {
      schema: {
        type: 'object',
        properties: { inputs: { type: 'array', minItems: 1, maxItems: 1000, items: ref } },
        required: ['inputs'],
        additionalProperties: false,
      },
      examples: {
        inputs: {
          summary: 'All examples at once',
          value: { inputs: contract.examples.map(({ input }) => input) },
        },
      },
    },
  });
}

/** A format says it all; the pattern that zod writes beside it fills the page and helps nobody. */
function dropPatternsOfFormats(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  if ('format' in node && 'pattern' in node) delete node.pattern;
  for (const child of Object.values(node)) dropPatternsOfFormats(child);
}

function setBody(operation: Json | undefined, content: Json): void {
  if (operation) operation.requestBody = { required: true, content };
}

function mediaBodies({ media }: AnyContract): Json {
  if (!media) return {};
  const file = (type: string) => [type, { schema: { type: 'string', contentMediaType: type } }] as const;
  return {
    ...Object.fromEntries(media.types.map(file)),
    'multipart/form-data': {
      schema: {
        type: 'object',
        properties: { [media.field]: { type: 'string', contentMediaType: 'application/octet-stream' } },
        required: [media.field],
      },
    },
  };
}

/** Adds what is served, and is no procedure. */
function addOperation(
  paths: Record<string, Record<string, Json>>,
  { path, method, scope, errorStatuses, operation }: DoorOperation,
  isAnonymousAllowed: boolean,
): void {
  const responses = { ...Object(operation.responses) };
  for (const status of [...errorStatuses, 429]) responses[String(status)] = {};
  const described = { ...operation, responses };
  paths[path] = { ...paths[path], [method]: described };
  describeAccess(described, { kind: 'scope', scope, rows: 'own' }, isAnonymousAllowed);
  describeErrors(described);
}

/** Adds a standalone schema; what it defines itself moves to the components as well. */
function addSchema(schemas: Record<string, Json>, name: string, schema: Json): void {
  const {
    $schema: _dialect,
    $defs = {},
    ...rest
  } = JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/'));
  for (const [defined, definition] of Object.entries($defs as Record<string, Json>)) {
    const { id: _id, ...plain } = definition;
    schemas[defined] ??= plain;
  }
  schemas[name] = rest;
}

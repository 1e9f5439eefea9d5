/**
 * OpenAPI documents, printed from the declarations of types and resources: version 3, one for each API group and version,
 * and version 2, one for all. They carry what clients merge, validate and explain by; descriptions are not declared.
 */
import { APIResourceList, DeleteOptions, WatchEvent } from './groups/meta.v1.ts';
import type { GroupVersionKind, KindType } from './message.ts';
import type { FixedPath } from './openapi/fixed-paths.ts';
import { groupWord, pathsOfResource, type Operation, type PathItem } from './openapi/operations.ts';
import type { Parameter } from './openapi/parameters.ts';
import { SchemaCollector, type Schema } from './openapi/schemas.ts';
import type { AnyResource } from './resource.ts';
import type { Json, JsonObject, ObjectType } from './schema.ts';

const info = { title: 'Kubernetes', version: '1.36' };
const security = { type: 'apiKey', description: 'Bearer Token authentication', name: 'authorization', in: 'header' };

/** The document of one group ('' is the core group) and version. */
export function printOpenApiV3(resources: readonly AnyResource[], group: string, version: string): JsonObject {
  const own = resources.filter((resource) => resource.group === group && resource.version === version);
  const groups = [{ group, version }];
  const collector = new SchemaCollector((type) => kindsOf(type, groups));
  const tag = tagOf(group, version);
  const paths: Record<string, JsonObject> = {};
  paths[rootPath(group, version)] = { get: rootOperation(collector, group, version) };
  for (const item of pathItems(own)) paths[item.path] = printPath(collector, tag, item);
  const schemas = collector.schemas;
  return { openapi: '3.0.0', info, paths, components: { schemas, securitySchemes: { BearerToken: security } } };
}

/** The document of a path that is no resource. */
export function printFixedOpenApiV3(fixed: FixedPath): JsonObject {
  const collector = new SchemaCollector((type) => kindsOf(type, []));
  const paths = { [fixed.path]: { get: plainOperation(collector, fixed) } };
  const { schemas } = collector;
  const types = Object.keys(schemas).length === 0 ? {} : { schemas };
  return { openapi: '3.0.0', info, paths, components: { ...types, securitySchemes: { BearerToken: security } } };
}

/** The document of everything that is served, in the older form. */
export function printOpenApiV2(resources: readonly AnyResource[], fixed: readonly FixedPath[] = []): JsonObject {
  const groups = [
    ...new Map(resources.map(({ group, version }) => [`${group}/${version}`, { group, version }])).values(),
  ];
  const collector = new SchemaCollector((type) => kindsOf(type, groups));
  const paths: Record<string, JsonObject> = {};
  for (const { group, version } of groups) {
    const own = resources.filter((resource) => resource.group === group && resource.version === version);
    const root = rootOperation(collector, group, version);
    paths[rootPath(group, version)] = {
      get: { ...swaggerOperation(root), consumes: objectTypes, produces: objectTypes },
    };
    for (const item of pathItems(own)) {
      paths[item.path] = asSwagger(printPath(collector, tagOf(group, version), item)) as JsonObject;
    }
  }
  for (const each of fixed) paths[each.path] = { get: fixedSwaggerOperation(collector, each) };
  const definitions = asSwagger(collector.schemas) as JsonObject;
  return {
    swagger: '2.0',
    info,
    paths,
    definitions,
    securityDefinitions: { BearerToken: security },
    security: [{ BearerToken: [] }],
  };
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function tagOf(group: string, version: string): string {
  const word = groupWord(group);
  return `${word.charAt(0).toLowerCase()}${word.slice(1)}_${version}`;
}

function pathItems(resources: readonly AnyResource[]): readonly PathItem[] {
  return resources.flatMap(pathsOfResource).sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Options and watch events are served by every group and version. */
function kindsOf(
  type: ObjectType,
  groups: readonly { readonly group: string; readonly version: string }[],
): readonly GroupVersionKind[] {
  if (!isKind(type)) return [];
  const { group, version, kind } = type;
  const own = { group, version, kind };
  if (type.name !== DeleteOptions.name && type.name !== WatchEvent.name) return [own];
  const others = groups.filter((other) => other.group !== group || other.version !== version);
  return [own, ...others.map((other) => ({ ...other, kind }))];
}

const isKind = (type: ObjectType): type is KindType => 'kind' in type && 'group' in type;

const rootPath = (group: string, version: string): string =>
  group === '' ? `/api/${version}/` : `/apis/${group}/${version}/`;

/** In the order of version 2. */
const objectTypes = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];

function rootOperation(collector: SchemaCollector, group: string, version: string): JsonObject {
  return plainOperation(collector, {
    tag: tagOf(group, version),
    description: 'get available resources',
    operationId: `get${groupWord(group)}${capital(version)}APIResources`,
    answer: APIResourceList,
    produces: objectTypes,
  });
}

function fixedSwaggerOperation(collector: SchemaCollector, fixed: FixedPath): JsonObject {
  const { consumes: _, ...operation } = swaggerOperation(plainOperation(collector, fixed));
  const { consumes, produces } = fixed;
  return { ...operation, ...(consumes.length === 0 ? {} : { consumes }), produces };
}

/** A path that is read and takes nothing. */
function plainOperation(
  collector: SchemaCollector,
  { tag, description, operationId, answer, produces }: Omit<FixedPath, 'document' | 'path' | 'consumes'>,
): JsonObject {
  const schema = answer === undefined ? { type: 'string' } : collector.schemaOf(answer);
  const content = Object.fromEntries(produces.toSorted().map((mediaType) => [mediaType, { schema }]));
  const responses = { 200: { description: 'OK', content }, 401: unauthorized };
  return { tags: [tag], description, operationId, responses };
}

const unauthorized = { description: 'Unauthorized' };

/** Parameters that all operations of a path share stand with the path. */
function printPath(collector: SchemaCollector, tag: string, item: PathItem): JsonObject {
  const [first, ...others] = item.operations;
  const shared = (first?.parameters ?? []).filter(({ name }) =>
    others.every(({ parameters }) => parameters.some((other) => other.name === name)),
  );
  const operations = item.operations.map((operation) => {
    const own = operation.parameters.filter(({ name }) => !shared.some((other) => other.name === name));
    return [operation.method, printOperation(collector, tag, { ...operation, parameters: own })];
  });
  const parameters = sortParameters([...item.parameters, ...shared]).map(printParameter);
  return { ...(Object.fromEntries(operations) as JsonObject), ...(parameters.length === 0 ? {} : { parameters }) };
}

const sortParameters = (parameters: readonly Parameter[]): Parameter[] =>
  [...parameters].sort((a, b) => (a.name < b.name ? -1 : 1));

function printParameter({ name, in: place, type }: Parameter): JsonObject {
  return {
    name,
    in: place,
    ...(place === 'path' ? { required: true } : {}),
    schema: { type, uniqueItems: true },
  };
}

function printOperation(collector: SchemaCollector, tag: string, operation: Operation): JsonObject {
  const { id, parameters, body, answer, codes, produces, action, kind } = operation;
  const schema = answer === undefined ? { type: 'string' } : collector.schemaOf(answer);
  const content = Object.fromEntries(produces.map((mediaType) => [mediaType, { schema }]));
  const responses: Record<string, JsonObject> = {};
  for (const code of codes) responses[code] = { description: codeNames[code] ?? 'OK', content };
  return {
    tags: [tag],
    operationId: id,
    ...(parameters.length === 0 ? {} : { parameters: sortParameters(parameters).map(printParameter) }),
    ...(body === undefined ? {} : { requestBody: printBody(collector, body) }),
    responses: { ...responses, 401: unauthorized },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group: kind.group, version: kind.version, kind: kind.kind },
  };
}

const codeNames: Readonly<Record<number, string>> = { 200: 'OK', 201: 'Created', 202: 'Accepted' };

function printBody(collector: SchemaCollector, body: NonNullable<Operation['body']>): JsonObject {
  const schema = collector.schemaOf(body.type);
  const content = Object.fromEntries(body.mediaTypes.map((mediaType) => [mediaType, { schema }]));
  return { content, ...(body.required ? { required: true } : {}) };
}

/** Rewrites parts of a version 3 document into version 2. */
function asSwagger(value: Json): Json {
  if (Array.isArray(value)) return value.map(asSwagger);
  if (typeof value !== 'object' || value === null) return value;
  const part = value as JsonObject;
  if ('operationId' in part) return swaggerOperation(part);
  const reference = part['$ref'];
  if (typeof reference === 'string') return { $ref: reference.replace('#/components/schemas/', '#/definitions/') };
  if (Array.isArray(part['allOf']) && part['allOf'].length === 1) return swaggerReference(part);
  if (Array.isArray(part['oneOf'])) {
    const { oneOf: _, ...rest } = part;
    return { type: 'string', ...rest };
  }
  if ('in' in part && 'schema' in part) {
    const { schema, ...rest } = part;
    return { ...(schema as JsonObject), ...rest };
  }
  const isProperty = 'type' in part && typeof part['type'] === 'string' && 'default' in part;
  const entries = Object.entries(part).filter(([key]) => !(isProperty && key === 'default'));
  return Object.fromEntries(entries.map(([key, item]) => [key, asSwagger(item)]));
}

function swaggerReference(part: JsonObject): Json {
  const { allOf, default: _, ...rest } = part;
  const [reference] = allOf as readonly JsonObject[];
  return { ...(asSwagger(reference ?? {}) as JsonObject), ...rest };
}

function swaggerOperation(operation: JsonObject): JsonObject {
  const { parameters, requestBody, responses, ...rest } = operation;
  const body = requestBody as { content: Record<string, { schema: Schema }>; required?: boolean } | undefined;
  const mediaTypes = body === undefined ? ['*/*'] : Object.keys(body.content);
  const bodySchema = body === undefined ? undefined : Object.values(body.content)[0]?.schema;
  const bodyParameter =
    bodySchema === undefined
      ? []
      : [
          {
            name: 'body',
            in: 'body',
            ...(body?.required === true ? { required: true } : {}),
            schema: asSwagger(bodySchema),
          },
        ];
  const others = Array.isArray(parameters) ? parameters.map(asSwagger) : [];
  const produced = new Set<string>();
  const answers = Object.entries(responses as Record<string, JsonObject>).map(([code, answer]) => {
    const content = answer['content'] as Record<string, { schema: Schema }> | undefined;
    if (content === undefined) return [code, answer];
    for (const mediaType of Object.keys(content)) produced.add(mediaType);
    const schema = Object.values(content)[0]?.schema ?? {};
    return [code, { description: answer['description'] ?? 'OK', schema: asSwagger(schema) }];
  });
  const all = [...bodyParameter, ...others];
  return {
    consumes: mediaTypes,
    produces: [...produced],
    schemes: ['https'],
    ...rest,
    ...(all.length === 0 ? {} : { parameters: all }),
    responses: Object.fromEntries(answers) as JsonObject,
  };
}

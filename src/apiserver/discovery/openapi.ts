/** The OpenAPI documents, printed from the type declarations when they are first asked for. */
import { createHash } from 'node:crypto';
import type { FixedPath } from '../../api/openapi/fixed-paths.ts';
import type { AnyResource } from '../../api/resource.ts';
import type { JsonObject } from '../../api/schema.ts';
import type { Api } from '../api.ts';
import { pathOf } from '../aggregation/extension.ts';
import { extensionDocuments, mergeSwagger } from '../aggregation/extension-openapi.ts';
import { readAccept } from '../http/accept.ts';
import { textAnswer, type Answer, type ApiRequest } from '../request.ts';

interface Document {
  /** What it was printed from: when that changes, it is printed anew. */
  readonly resources: readonly AnyResource[];
  readonly body: string;
}

const documents = new Map<string, Document>();

/** Asked for with an @, which no content type may have: answered with a point, as Kubernetes does. */
const swaggerProtobuf = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';

export async function openApiV2(api: Api, request: ApiRequest): Promise<Answer> {
  const asked = readAccept(request.accept).map(({ type }) => type);
  const form = asked.find((type) => type === swaggerProtobuf || jsonForms.includes(type));
  if (form === undefined) return { type: 'raw', status: 406, headers: {}, body: '' };
  const { printOpenApiV2 } = await import('../../api/openapi.ts');
  const resources = served(api);
  const fixed = await fixedOf(api);
  const own = cached('v2', resources, () => printOpenApiV2(resources, fixed));
  const extensions = await extensionDocuments(api, 2);
  const text = extensions.length === 0 ? own : JSON.stringify(mergeSwagger(JSON.parse(own) as JsonObject, extensions));
  const etag = etagOf(text);
  if (form !== swaggerProtobuf) {
    return {
      type: 'raw',
      status: 200,
      headers: { 'content-type': 'application/json', etag },
      body: text,
      document: true,
    };
  }
  const { encodeSwagger } = await import('../../api/openapi/swagger-protobuf.ts');
  const body = encodeSwagger(JSON.parse(text) as JsonObject);
  return {
    type: 'raw',
    status: 200,
    headers: { 'content-type': swaggerProtobuf.replace('@', '.'), etag },
    body,
    document: true,
  };
}

const yearMs = 365 * 24 * 3600 * 1000;
const jsonForms = ['application/json', 'application/*', '*/*'];

/** Which documents there are: one for each group and version. */
export async function openApiIndex(api: Api): Promise<Answer> {
  const paths: Record<string, { serverRelativeURL: string }> = {};
  const extensions = await extensionTexts(api);
  for (const path of [...new Set([...(await documentNames(api)), ...extensions.keys()])].toSorted()) {
    const body = extensions.get(path) ?? (await documentFor(api, path));
    const hash = createHash('sha512').update(body).digest('hex').toUpperCase();
    paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` };
  }
  return textAnswer(200, JSON.stringify({ paths }));
}

export async function openApiV3(api: Api, request: ApiRequest, path: string): Promise<Answer> {
  const extension = (await extensionTexts(api)).get(path);
  if (extension === undefined && !(await documentNames(api)).includes(path)) {
    return { type: 'raw', status: 404, headers: {}, body: '' };
  }
  const body = extension ?? (await documentFor(api, path));
  if (!readAccept(request.accept).some(({ type }) => jsonForms.includes(type))) {
    return { type: 'raw', status: 406, headers: { vary: 'Accept' }, body: '' };
  }
  const etag = etagOf(body);
  const wanted = request.query.get('hash') ?? '';
  if (wanted !== '' && `"${wanted}"` !== etag) {
    const location = `/openapi/v3/${path}?hash=${etag.slice(1, -1)}`;
    return { type: 'raw', status: 301, headers: { location, etag, vary: 'Accept' }, body: '' };
  }
  // What has its hash in its address never changes.
  const lasting = { 'cache-control': 'public, immutable', expires: new Date(api.clock.now() + yearMs).toUTCString() };
  const headers = {
    'content-type': 'application/json',
    etag,
    vary: 'Accept',
    ...(wanted === '' ? {} : lasting),
  };
  if (request.incoming?.headers['if-none-match'] === etag) return { type: 'raw', status: 304, headers, body: '' };
  return { type: 'raw', status: 200, headers, body, document: true };
}

/** What extension servers publish, by the path of group and version. */
async function extensionTexts(api: Api): Promise<ReadonlyMap<string, string>> {
  const documents = await extensionDocuments(api, 3);
  return new Map(documents.map(({ extension, document }) => [pathOf(extension).slice(1), JSON.stringify(document)]));
}

async function documentFor(api: Api, path: string): Promise<string> {
  const { printFixedOpenApiV3, printOpenApiV3 } = await import('../../api/openapi.ts');
  const fixed = (await fixedOf(api)).find(({ document }) => document === path);
  if (fixed !== undefined) return cached(path, [], () => printFixedOpenApiV3(fixed));
  const [, group = '', version = ''] = path.startsWith('api/') ? ['', '', path.slice(4)] : path.split('/');
  const own = served(api).filter((resource) => resource.group === group && resource.version === version);
  return cached(path, own, () => printOpenApiV3(own, group, version));
}

function served(api: Api): readonly AnyResource[] {
  return api.resources.all().map(({ resource }) => resource);
}

/** One document a group and version, and one a path that is no resource. */
async function documentNames(api: Api): Promise<readonly string[]> {
  const fixed = (await fixedOf(api)).map(({ document }) => document);
  return [...groupVersionPaths(api), ...fixed].toSorted();
}

async function fixedOf(api: Api): Promise<readonly FixedPath[]> {
  const { fixedPaths } = await import('../../api/openapi/fixed-paths.ts');
  const groups = new Set(served(api).map(({ group }) => group));
  return fixedPaths([...groups].filter((group) => api.resources.isBuiltinGroup(group)));
}

function groupVersionPaths(api: Api): string[] {
  const paths = api.resources
    .all()
    .map(({ resource: { group, version } }) => (group === '' ? `api/${version}` : `apis/${group}/${version}`));
  return [...new Set(paths)];
}

function cached(key: string, resources: readonly AnyResource[], print: () => object): string {
  const known = documents.get(key);
  const isCurrent =
    known?.resources.length === resources.length && resources.every((each, i) => each === known.resources[i]);
  if (known !== undefined && isCurrent) return known.body;
  const body = JSON.stringify(print());
  documents.set(key, { resources, body });
  return body;
}

const etagOf = (body: string): string => `"${createHash('sha512').update(body).digest('hex').toUpperCase()}"`;

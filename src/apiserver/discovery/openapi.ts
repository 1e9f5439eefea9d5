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

/** What a protobuf document is; it may also be asked for with an @, which no content type may have. */
const protobufOf = (version: 2 | 3): string => `application/com.github.proto-openapi.spec.v${version}.v1.0+protobuf`;

/** The first form asked for that there is. */
function formOf(request: ApiRequest, version: 2 | 3): 'json' | 'protobuf' | undefined {
  const protobuf = protobufOf(version);
  for (const { type } of readAccept(request.accept)) {
    if (jsonForms.includes(type)) return 'json';
    if (type.replace('@', '.') === protobuf) return 'protobuf';
  }
  return undefined;
}

/** Answers that the client has this already, when it says so. */
function documentAnswer(request: ApiRequest, headers: Record<string, string>, body: () => string | Uint8Array): Answer {
  const known = (request.incoming?.headers['if-none-match'] ?? '')
    .split(',')
    .map((each) => each.trim().replace(/^W\//, ''));
  if (known.includes('*') || known.includes(headers['etag'] ?? '')) {
    const { 'content-type': _, ...others } = headers;
    return { type: 'raw', status: 304, headers: others, body: '' };
  }
  return { type: 'raw', status: 200, headers, body: body(), document: true };
}

export async function openApiV2(api: Api, request: ApiRequest): Promise<Answer> {
  const form = formOf(request, 2);
  const vary = 'Accept';
  if (form === undefined) return { type: 'raw', status: 406, headers: { vary }, body: '' };
  const { printOpenApiV2 } = await import('../../api/openapi.ts');
  const resources = served(api);
  const fixed = await fixedOf(api);
  const own = cached('v2', resources, () => printOpenApiV2(resources, fixed));
  const extensions = await extensionDocuments(api, 2);
  const text = extensions.length === 0 ? own : JSON.stringify(mergeSwagger(JSON.parse(own) as JsonObject, extensions));
  const etag = etagOf('v2', text);
  if (form === 'json') return documentAnswer(request, { 'content-type': 'application/json', etag, vary }, () => text);
  const { encodeSwagger } = await import('../../api/openapi/swagger-protobuf.ts');
  const headers = { 'content-type': protobufOf(2), etag, vary };
  return documentAnswer(request, headers, () => encodeSwagger(JSON.parse(text) as JsonObject));
}

const yearMs = 365 * 24 * 3600 * 1000;
const jsonForms = ['application/json', 'application/*', '*/*'];

/** Which documents there are: one for each group and version. */
export async function openApiIndex(api: Api): Promise<Answer> {
  const paths: Record<string, { serverRelativeURL: string }> = {};
  const extensions = await extensionTexts(api);
  for (const path of [...new Set([...(await documentNames(api)), ...extensions.keys()])].toSorted()) {
    const body = extensions.get(path) ?? (await documentFor(api, path));
    paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${hashOf(path, body)}` };
  }
  return textAnswer(200, JSON.stringify({ paths }));
}

export async function openApiV3(api: Api, request: ApiRequest, path: string): Promise<Answer> {
  const extension = (await extensionTexts(api)).get(path);
  if (extension === undefined && !(await documentNames(api)).includes(path)) {
    return { type: 'raw', status: 404, headers: {}, body: '' };
  }
  const body = extension ?? (await documentFor(api, path));
  const form = formOf(request, 3);
  if (form === undefined) return { type: 'raw', status: 406, headers: { vary: 'Accept' }, body: '' };
  const etag = etagOf(path, body);
  const wanted = request.query.get('hash') ?? '';
  if (wanted !== '' && `"${wanted}"` !== etag) {
    const location = `/openapi/v3/${path}?hash=${etag.slice(1, -1)}`;
    const headers = { location, etag, vary: 'Accept', 'content-type': 'text/html; charset=utf-8' };
    return { type: 'raw', status: 301, headers, body: `<a href="${location}">Moved Permanently</a>.\n\n` };
  }
  // What has its hash in its address never changes.
  const lasting = {
    'cache-control': 'public, immutable',
    expires: new Date(api.clock.now() + yearMs).toUTCString().replace('GMT', 'UTC'),
  };
  const headers = {
    'content-type': form === 'json' ? 'application/json' : protobufOf(3),
    etag,
    vary: 'Accept',
    ...(wanted === '' ? {} : lasting),
  };
  if (form === 'json') return documentAnswer(request, headers, () => body);
  const { encodeOpenApiV3 } = await import('../../api/openapi/openapi-protobuf.ts');
  return documentAnswer(request, headers, () => encodeOpenApiV3(JSON.parse(body) as JsonObject));
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

const hashes = new Map<string, { readonly body: string; readonly hash: string }>();

/** Of a document, worked out again when it is another one. */
function hashOf(key: string, body: string): string {
  const known = hashes.get(key);
  if (known?.body === body) return known.hash;
  const hash = createHash('sha512').update(body).digest('hex').toUpperCase();
  hashes.set(key, { body, hash });
  return hash;
}

const etagOf = (key: string, body: string): string => `"${hashOf(key, body)}"`;

/** The OpenAPI documents, printed from the type declarations when they are first asked for. */
import { createHash } from 'node:crypto';
import type { Api } from '../api.ts';
import { readAccept } from '../http/negotiate.ts';
import { textAnswer, type Answer, type ApiRequest } from '../request.ts';

const documents = new Map<string, string>();

export async function openApiV2(api: Api, request: ApiRequest): Promise<Answer> {
  const offered = ['application/json', 'application/*', '*/*'];
  if (!readAccept(request.accept).some(({ type }) => offered.includes(type))) {
    return { type: 'raw', status: 406, headers: {}, body: '' };
  }
  const { printOpenApiV2 } = await import('../../api/openapi.ts');
  const body = cached('v2', () => printOpenApiV2(builtin(api)));
  return { type: 'raw', status: 200, headers: { 'content-type': 'application/json', etag: etagOf(body) }, body };
}

/** Which documents there are: one for each group and version. */
export async function openApiIndex(api: Api): Promise<Answer> {
  const paths: Record<string, { serverRelativeURL: string }> = {};
  for (const path of groupVersionPaths(api)) {
    const body = await documentFor(api, path);
    const hash = createHash('sha512').update(body).digest('hex').toUpperCase();
    paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` };
  }
  return textAnswer(200, JSON.stringify({ paths }));
}

export async function openApiV3(api: Api, request: ApiRequest, path: string): Promise<Answer> {
  if (!groupVersionPaths(api).includes(path)) return { type: 'raw', status: 404, headers: {}, body: '' };
  const body = await documentFor(api, path);
  const headers = { 'content-type': 'application/json', etag: etagOf(body), vary: 'Accept' };
  if (request.incoming?.headers['if-none-match'] === headers.etag)
    return { type: 'raw', status: 304, headers, body: '' };
  return { type: 'raw', status: 200, headers, body };
}

async function documentFor(api: Api, path: string): Promise<string> {
  const { printOpenApiV3 } = await import('../../api/openapi.ts');
  const [, group = '', version = ''] = path.startsWith('api/') ? ['', '', path.slice(4)] : path.split('/');
  return cached(path, () => printOpenApiV3(builtin(api), group, version));
}

function builtin(api: Api): Parameters<typeof import('../../api/openapi.ts').printOpenApiV2>[0] {
  return api.resources.all().map(({ resource }) => resource);
}

function groupVersionPaths(api: Api): string[] {
  const paths = api.resources
    .all()
    .map(({ resource: { group, version } }) => (group === '' ? `api/${version}` : `apis/${group}/${version}`));
  return [...new Set(paths)];
}

function cached(key: string, print: () => object): string {
  let body = documents.get(key);
  if (body === undefined) documents.set(key, (body = JSON.stringify(print())));
  return body;
}

const etagOf = (body: string): string => `"${createHash('sha512').update(body).digest('hex').toUpperCase()}"`;

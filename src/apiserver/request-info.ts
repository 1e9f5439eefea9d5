/**
 * What a request asks for, read off its method and path. The same reading serves authorization, admission, audit and
 * dispatch, as in Kubernetes (RequestInfo).
 *
 *   /api/v1/namespaces/NS/pods/NAME/log     core group
 *   /apis/apps/v1/namespaces/NS/deployments named groups
 *   /healthz, /openapi/v3, …                not resources: `resource` is undefined
 */
export type RequestVerb =
  | 'get'
  | 'list'
  | 'watch'
  | 'create'
  | 'update'
  | 'patch'
  | 'delete'
  | 'deletecollection'
  /** For paths that are not resources: the method in lower case. */
  | (string & {});

export interface RequestInfo {
  readonly verb: RequestVerb;
  readonly path: string;
  readonly resource?: ResourceTarget;
}

export interface ResourceTarget {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly subresource: string;
  /** What follows the subresource: the path behind `proxy`. */
  readonly rest: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
}

/** Parts of a path below a namespace that are the namespace's own, not resources in it. */
const namespaceSubresources = new Set(['status', 'finalize']);

const verbsOfMethods: Readonly<Record<string, string>> = {
  GET: 'get',
  HEAD: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

/** `path` without the query; throws URIError for a malformed escape. */
export function readRequestInfo(method: string, path: string, query: URLSearchParams): RequestInfo {
  const parts = path.split('/').filter((part) => part !== '');
  const target = readTarget(parts);
  if (target === undefined) return { verb: method.toLowerCase(), path };
  return { verb: readVerb(method, target, query), path, resource: target };
}

function readTarget(parts: readonly string[]): ResourceTarget | undefined {
  if (parts[0] === 'api' && parts.length >= 3) return readBelow('', parts[1] ?? '', parts.slice(2));
  if (parts[0] === 'apis' && parts.length >= 4) return readBelow(parts[1] ?? '', parts[2] ?? '', parts.slice(3));
  return undefined;
}

function readBelow(group: string, version: string, encoded: readonly string[]): ResourceTarget | undefined {
  let parts = encoded.map(decodeURIComponent);
  // The old /watch/ prefix: GET /api/v1/watch/pods is not served; clients use ?watch=1.
  let namespace: string | undefined;
  if (parts[0] === 'namespaces' && group === '' && parts.length > 2 && !namespaceSubresources.has(parts[2] ?? '')) {
    namespace = parts[1];
    parts = parts.slice(2);
  } else if (parts[0] === 'namespaces' && group !== '') {
    if (parts.length < 3) return undefined;
    namespace = parts[1];
    parts = parts.slice(2);
  }
  const [resource = '', name, subresource = '', ...rest] = parts;
  return { group, version, resource, subresource, rest: rest.join('/'), namespace, name };
}

function readVerb(method: string, target: ResourceTarget, query: URLSearchParams): string {
  const verb = verbsOfMethods[method] ?? '';
  if (target.name !== undefined) return verb;
  if (verb === 'get') return isTrue(query.get('watch')) ? 'watch' : 'list';
  if (verb === 'delete') return 'deletecollection';
  return verb;
}

/** Go's reading of booleans in queries: `1` and `true` in their spellings; an empty value counts as true. */
export function isTrue(value: string | null): boolean {
  return value !== null && !['0', 'false', 'f', 'F', 'FALSE', 'False'].includes(value);
}

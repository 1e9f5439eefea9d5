/**
 * What a request asks for, read off its method and path. The same reading serves authorization, admission, audit and
 * dispatch, as in Kubernetes (RequestInfo).
 *
 *   /api/v1/namespaces/NS/pods/NAME/log     core group
 *   /apis/apps/v1/namespaces/NS/deployments named groups
 *   /api/v1/watch/namespaces/NS/pods        the old way to say ?watch=true
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
  /** The path itself says `watch`: then no selector narrows what the request asks for. */
  readonly verbInPath?: boolean;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
}

/** The namespace that a request concerns; '' = none. A namespace counts as being in itself. */
export function namespaceOf({ namespace, group, resource, name }: ResourceTarget): string {
  return namespace ?? (group === '' && resource === 'namespaces' ? (name ?? '') : '');
}

/** The path begins like a resource's and is none. */
export class RequestInfoError extends Error {
  override readonly name = 'RequestInfoError';
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

/** `path` without the query. @throws URIError for a malformed escape, RequestInfoError */
export function readRequestInfo(method: string, path: string, query: URLSearchParams): RequestInfo {
  if (path.startsWith('//')) return { verb: method.toLowerCase(), path };
  const parts = partsOf(path.includes('%') ? decodeURIComponent(path) : path);
  const root = parts[0] === 'api' ? 1 : parts[0] === 'apis' ? 2 : undefined;
  const below = root === undefined ? [] : parts.slice(root + 1);
  if (root === undefined || below.length === 0) return { verb: method.toLowerCase(), path };
  const [first = ''] = below;
  const verbInPath = verbsInPaths.has(first);
  if (verbInPath && below.length === 1) {
    throw new RequestInfoError(`unable to determine kind and namespace from url, ${path}`);
  }
  const [group = '', version = ''] = root === 1 ? ['', parts[1]] : parts.slice(1, 3);
  if (!verbInPath) {
    const resource = readBelow(group, version, below);
    return { verb: readVerb(method, resource, query), path, resource };
  }
  const resource = readBelow(group, version, below.slice(1));
  // The old proxy path had no subresources: what follows the name was the path to be asked for.
  const named = first === 'proxy' ? { ...resource, subresource: '' } : resource;
  return { verb: first, path, resource: { ...named, verbInPath } };
}

/** The old way to say them. */
const verbsInPaths = new Set(['proxy', 'watch']);

/** What stands between slashes. Those at both ends do not count; nothing between two is a part without a name. */
function partsOf(path: string): string[] {
  let from = 0;
  let to = path.length;
  while (path[from] === '/') from++;
  while (to > from && path[to - 1] === '/') to--;
  return from === to ? [] : path.slice(from, to).split('/');
}

function readBelow(group: string, version: string, all: readonly string[]): ResourceTarget {
  let parts = all;
  let namespace: string | undefined;
  if (parts[0] === 'namespaces' && parts.length > 2 && !namespaceSubresources.has(parts[2] ?? '')) {
    namespace = parts[1];
    parts = parts.slice(2);
  }
  const [resource = '', name, subresource = '', ...rest] = parts;
  return { group, version, resource, subresource, rest: rest.join('/'), namespace, name };
}

function readVerb(method: string, target: ResourceTarget, query: URLSearchParams): string {
  const verb = verbsOfMethods[method] ?? '';
  if (target.name !== undefined && target.name !== '') return verb;
  if (verb === 'get') return isTrueParameter(query.get('watch')) ? 'watch' : 'list';
  if (verb === 'delete') return 'deletecollection';
  return verb;
}

/** Go's reading of booleans in queries: `1` and `true` in their spellings; an empty value counts as true. */
export function isTrueParameter(value: string | null): boolean {
  return value !== null && !['0', 'false', 'f', 'F', 'FALSE', 'False'].includes(value);
}

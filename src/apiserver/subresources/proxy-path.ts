/**
 * The paths of proxied requests: what the other side is asked for, and where it sends its clients, which must come back
 * through this server.
 *
 *   /api/v1/namespaces/NS/services/NAME/proxy/a/b/   ─▶  /a/b/
 *   Location: /login                                 ─▶  /api/v1/namespaces/NS/services/NAME/proxy/login
 */
import { posix } from 'node:path';

/** `path`: of the whole request; `rest`: what of it follows `proxy`, without a slash at its end. '' = there is nothing. */
export function proxiedPath(path: string, rest: string): string {
  const inner = rest === '' || rest.startsWith('/') ? rest : `/${rest}`;
  return path.endsWith('/') && !inner.endsWith('/') ? `${inner}/` : inner;
}

/** As it stands in a request line. */
export function escapedPath(path: string): string {
  return encodeURI(path).replaceAll('?', '%3F').replaceAll('#', '%23');
}

export interface Redirection {
  /** The path of the request. */
  readonly path: string;
  /** Host and port by which the other side knows itself: where it was reached, and what the client called it. */
  readonly hosts: readonly string[];
}

/** A redirection within the other side leads through the proxy; one to elsewhere, and a relative one, stays as it is. */
export function rewriteLocation(location: string, { path, hosts }: Redirection): string {
  const match = /^(?:[a-z][a-z0-9+.-]*:)?\/\/([^/?#]*)(.*)$/i.exec(location);
  const [host = '', target = ''] = match === null ? ['', location] : match.slice(1, 3);
  if ((host !== '' && !hosts.includes(host)) || !target.startsWith('/')) return location;
  const prefix = proxyPrefix.exec(path)?.[0] ?? path;
  const [plain = '', ...query] = target.split(/(?=[?#])/);
  if (plain.startsWith(prefix)) return target;
  const joined = posix.join(prefix, plain);
  return `${plain.endsWith('/') && !joined.endsWith('/') ? `${joined}/` : joined}${query.join('')}`;
}

/** What of a path stands before the other side's own. */
const proxyPrefix = /^\/api\/v1\/(?:namespaces\/[^/]+\/)?[^/]+\/[^/]+\/proxy/;

/** URLs as Go reads them. https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-url-library */
import { global, method, type Overload } from '../function.ts';
import { objectType } from '../type.ts';
import { fail, mapOf, type ExtensionValue, type Value } from '../value.ts';

interface Url {
  readonly text: string;
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
}

const name = 'kubernetes.URL';
const type = objectType(name);

const badEscape = /%(?![0-9A-Fa-f]{2}).{0,2}/;

/** The URL, or why the text is none. A fragment has no meaning here. */
export function parseUrl(text: string): Url | string {
  if (text === '') return 'empty url';
  if ([...text].some((character) => character < ' ' || character === '\x7F'))
    return 'net/url: invalid control character in URL';
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text)?.[1];
  if (scheme === undefined && text.startsWith(':')) return 'missing protocol scheme';
  const rest = text.slice(scheme === undefined ? 0 : scheme.length + 1);
  const mark = rest.indexOf('?');
  const query = mark < 0 ? '' : rest.slice(mark + 1);
  const place = mark < 0 ? rest : rest.slice(0, mark);
  const known = { text, scheme: scheme?.toLowerCase() ?? '', query };
  if (!place.startsWith('/')) {
    return scheme === undefined ? 'invalid URI for request' : { ...known, host: '', path: '' };
  }
  if (!place.startsWith('//') || (scheme === undefined && place.startsWith('///'))) return withPath(known, '', place);
  const slash = place.indexOf('/', 2);
  const authority = place.slice(2, slash < 0 ? undefined : slash);
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  return hostProblem(host) ?? withPath(known, host, slash < 0 ? '' : place.slice(slash));
}

function withPath(known: Pick<Url, 'text' | 'scheme' | 'query'>, host: string, path: string): Url | string {
  const bad = badEscape.exec(path);
  return bad === null ? { ...known, host, path } : `invalid URL escape ${JSON.stringify(bad[0])}`;
}

function hostProblem(host: string): string | undefined {
  if (host.startsWith('[') && !host.includes(']')) return "missing ']' in host";
  const port = /:([^:\]]*)$/.exec(host)?.[1];
  if (port !== undefined && !/^\d*$/.test(port)) return `invalid port ${JSON.stringify(`:${port}`)} after host`;
  const bad = /[ "\\^`{|}]/.exec(host)?.[0];
  if (bad !== undefined) return `invalid character ${JSON.stringify(bad)} in host name`;
  return undefined;
}

function urlOf(text: string): ExtensionValue {
  const url = parseUrl(text);
  if (typeof url === 'string') {
    return fail(`URL parse error during conversion from string: parse ${JSON.stringify(text)}: ${url}`);
  }
  return { kind: 'extension', type, data: url, equals: (other) => (other as Url).text === text, size: text.length };
}

const hostName = ({ host }: Url): string => host.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1');

const safeInPath = /[A-Za-z0-9\-._~!$&'()*+,;=:@/%[\]]/;

function escapedPath({ path }: Url): string {
  return [...path].map((each) => (safeInPath.test(each) ? each : encodeURIComponent(each))).join('');
}

function queryMap({ query }: Url): Value {
  const values = new Map<string, string[]>();
  for (const [key, value] of new URLSearchParams(query)) values.set(key, [...(values.get(key) ?? []), value]);
  return mapOf([...values]);
}

const getters: readonly (readonly [name: string, id: string, result: string, get: (url: Url) => Value])[] = [
  ['getScheme', 'url_get_scheme', 'string', (url) => url.scheme],
  ['getHost', 'url_get_host', 'string', (url) => url.host],
  ['getHostname', 'url_get_hostname', 'string', hostName],
  ['getPort', 'url_get_port', 'string', ({ host }) => /:(\d*)$/.exec(host)?.[1] ?? ''],
  ['getEscapedPath', 'url_get_escaped_path', 'string', escapedPath],
  ['getQuery', 'url_get_query', 'map(string, list(string))', queryMap],
];

export const urls: readonly Overload[] = [
  global('string_to_url', 'url', 'string', name, urlOf),
  global('is_url_string', 'isURL', 'string', 'bool', (text: string) => typeof parseUrl(text) !== 'string'),
  ...getters.map(([getter, id, result, get]) =>
    method(id, getter, name, result, (value: ExtensionValue) => get(value.data as Url)),
  ),
];

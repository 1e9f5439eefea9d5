/** The proxy subresource of pods, services and nodes: an HTTP request passed on to what they name. */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { BlockList, isIP } from 'node:net';
import { ApiError } from '../../api/api-error.ts';
import type { Node, Pod, Service } from '../../api/groups/core.v1.ts';
import type { EndpointSlice } from '../../api/groups/discovery.v1.ts';
import { EndpointSlices } from '../../api/resources.ts';
import { admitConnect } from '../admission/admit-connect.ts';
import type { Api } from '../api.ts';
import { relayUpgrade } from '../http/relay.ts';
import { addressOf } from '../nodes/kubelet-connection.ts';
import { scopeOf, storageKey, type Served } from '../registry/served.ts';
import type { Answer, ApiRequest } from '../request.ts';
import { notFoundError, targetOf } from '../verbs/target.ts';
import { connectionText } from '../webhook-errors.ts';
import { escapedPath, proxiedPath, rewriteLocation } from './proxy-path.ts';

interface Destination {
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
}

/** `[scheme:]name[:port]`, as it stands in the path. */
interface ProxyName {
  readonly scheme: string;
  readonly name: string;
  readonly port: string;
}

export async function proxyRequest(api: Api, served: Served, request: ApiRequest): Promise<Answer> {
  await admitConnect(api, served, request);
  const destination = await findDestination(api, served, request);
  const { upgrade, method, info } = request;
  const inner = proxiedPath(info.path, targetOf(request).rest);
  const query = querySuffix(request);
  // Relative links of what is shown there would lead astray.
  if (inner === '' && upgrade === undefined) {
    return { type: 'raw', status: 301, headers: { location: `${info.path}/${query}` }, body: '' };
  }
  const path = (inner === '' ? '/' : escapedPath(inner)) + query;
  const headers = proxiedHeaders(request);
  if (upgrade === undefined) return send(request, destination, { path, headers });
  const open = destination.secure ? httpsRequest : httpRequest;
  try {
    const { host, port } = destination;
    const client = { method, path, headers, ...upgrade };
    await relayUpgrade({ host, port, rejectUnauthorized: false }, client, open);
  } catch (error) {
    throw unreachable(error, destination);
  }
  return { type: 'hijacked' };
}

interface Proxied {
  /** With the query, as the other side is asked. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

function send(request: ApiRequest, destination: Destination, { path, headers }: Proxied): Promise<Answer> {
  const { unread, body, method, lifetime, info } = request;
  const { host, port, secure } = destination;
  const options = { host, port, method, path, headers, signal: lifetime.signal, rejectUnauthorized: false };
  const hosts = [`${host}:${port}`, String(headers['host'] ?? '')];
  return new Promise((resolve, reject) => {
    const outgoing = (secure ? httpsRequest : httpRequest)(options, (response) => {
      const passed: Record<string, string> = {};
      for (const [name, value] of Object.entries(response.headers)) {
        if (!kept.has(name) && !name.startsWith('access-control-allow-')) passed[name] = String(value);
      }
      const { location } = passed;
      if (location !== undefined) passed['location'] = rewriteLocation(location, { path: info.path, hosts });
      resolve({ type: 'raw', status: response.statusCode ?? 502, headers: passed, body: response });
    });
    outgoing.on('error', (error) => reject(unreachable(error, destination)));
    if (unread !== undefined) unread.pipe(outgoing);
    else if (body.type === 'bytes') outgoing.end(body.bytes);
    else outgoing.end();
  });
}

/** What holds for one connection alone. */
const kept = new Set(['connection', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade']);

/** Those of the client but its credentials, and who it is and what it asked for. */
function proxiedHeaders({ incoming, info, upgrade }: ApiRequest): Record<string, string | string[] | undefined> {
  const { ':authority': authority, host, ...headers } = incoming?.headers ?? {};
  const passed: Record<string, string | string[] | undefined> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (!name.startsWith(':') && name !== 'authorization' && (upgrade !== undefined || !kept.has(name))) {
      passed[name] = value;
    }
  }
  const name = host ?? (authority === undefined ? undefined : String(authority));
  if (name !== undefined) passed['host'] = name;
  passed['x-forwarded-uri'] = info.path;
  const address = incoming?.socket.remoteAddress;
  const before = headers['x-forwarded-for'];
  if (address !== undefined) {
    passed['x-forwarded-for'] = before === undefined ? address : `${String(before)}, ${address}`;
  }
  return passed;
}

function unreachable(error: unknown, { host, port }: Destination): ApiError {
  const why = connectionText(error, host, String(port));
  return new ApiError('ServiceUnavailable', `error trying to reach service: ${why}`);
}

/** As the client wrote it. */
function querySuffix({ incoming, query }: ApiRequest): string {
  const url = incoming?.url;
  if (url !== undefined) return url.includes('?') ? url.slice(url.indexOf('?')) : '';
  return query.size === 0 ? '' : `?${query.toString()}`;
}

async function findDestination(api: Api, served: Served, request: ApiRequest): Promise<Destination> {
  const { namespace, name: text = '' } = targetOf(request);
  const wanted = parseName(served, text);
  const object = served.cache.get(storageKey(served, namespace, wanted.name))?.object;
  if (object === undefined) throw notFoundError(served, wanted.name);
  const secure = wanted.scheme === 'https';
  switch (served.resource.plural) {
    case 'pods':
      return { secure, ...podAddress(object as unknown as Pod, wanted) };
    case 'services':
      return { secure, ...(await serviceAddress(api, served, object as unknown as Service, wanted)) };
    default:
      return { secure: true, ...nodeAddress(object as unknown as Node, wanted) };
  }
}

function parseName({ resource: { singular } }: Served, text: string): ProxyName {
  const parts = text.split(':');
  const [first = '', second = '', third = ''] = parts;
  if (parts.length === 3 && ['', 'http', 'https'].includes(first)) return { scheme: first, name: second, port: third };
  if (parts.length < 3) return { scheme: '', name: first, port: second };
  throw new ApiError('BadRequest', `invalid ${singular} request ${JSON.stringify(text)}`);
}

/** The server never talks to itself or its own link on behalf of a client. */
function checkProxyable(host: string): void {
  const version = isIP(host);
  const refused = version === 0 ? host === 'localhost' : ownAddresses.check(host, version === 6 ? 'ipv6' : 'ipv4');
  if (refused) throw new ApiError('BadRequest', 'address not allowed');
}

/** Addresses of IPv4 within those of IPv6 count as what they are. */
const ownAddresses = new BlockList();
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['224.0.0.0', 4],
] as const) {
  ownAddresses.addSubnet(net, prefix, 'ipv4');
}
for (const [net, prefix] of [
  ['::', 127],
  ['fe80::', 10],
  ['ff00::', 8],
] as const) {
  ownAddresses.addSubnet(net, prefix, 'ipv6');
}

function podAddress(pod: Pod, wanted: ProxyName): Omit<Destination, 'secure'> {
  const host = pod.status.podIP;
  if (host === undefined || host === '') throw new ApiError('BadRequest', 'address not allowed');
  checkProxyable(host);
  const ports = pod.spec.containers.flatMap((container) => container.ports ?? []);
  const port = wanted.port === '' ? (ports[0]?.containerPort ?? 80) : Number(wanted.port);
  return {
    host,
    port: Number.isNaN(port) ? (ports.find(({ name }) => name === wanted.port)?.containerPort ?? 80) : port,
  };
}

async function serviceAddress(
  api: Api,
  services: Served,
  service: Service,
  wanted: ProxyName,
): Promise<Omit<Destination, 'secure'>> {
  const { name, namespace } = service.metadata;
  const portName = servicePort(service, wanted.port);
  const slices = api.resources.of(EndpointSlices);
  await slices.cache.ready();
  const own = slices.cache
    .list(scopeOf(slices, namespace))
    .map(({ object }) => object as unknown as EndpointSlice)
    .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === name);
  if (own.length === 0) throw notFoundError(services, name);
  for (const { endpoints, ports } of own) {
    const host = endpoints?.find(({ conditions }) => conditions?.ready !== false)?.addresses[0];
    const port = ports?.find((each) => portName === undefined || (each.name ?? '') === portName)?.port;
    if (host === undefined || port === undefined) continue;
    checkProxyable(host);
    return { host, port };
  }
  throw new ApiError('ServiceUnavailable', `no endpoints available for service ${JSON.stringify(name)}`);
}

/** The name of the port; undefined: the first one is meant. A number is one of the service's own ports. */
function servicePort({ metadata, spec }: Service, wanted: string): string | undefined {
  if (!/^\d+$/.test(wanted)) return wanted === '' ? undefined : wanted;
  const port = (spec.ports ?? []).find((each) => String(each.port) === wanted);
  if (port !== undefined) return port.name ?? '';
  throw new ApiError(
    'ServiceUnavailable',
    `no service port ${wanted} found for service ${JSON.stringify(metadata.name)}`,
  );
}

function nodeAddress(node: Node, wanted: ProxyName): Omit<Destination, 'secure'> {
  const { host, port } = addressOf(node);
  checkProxyable(host);
  return { host, port: wanted.port === '' ? port : Number(wanted.port) };
}

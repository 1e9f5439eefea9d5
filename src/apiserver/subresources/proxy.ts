/** The proxy subresource of pods, services and nodes: an HTTP request passed on to what they name. */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { ApiError } from '../../api/api-error.ts';
import type { Node, Pod, Service } from '../../api/groups/core.v1.ts';
import type { EndpointSlice } from '../../api/groups/discovery.v1.ts';
import { EndpointSlices } from '../../api/resources.ts';
import { admitConnect } from '../admission/admit-connect.ts';
import type { Api } from '../api.ts';
import { addressOf } from '../nodes/kubelet-connection.ts';
import { scopeOf, storageKey, type Served } from '../registry/served.ts';
import type { Answer, ApiRequest } from '../request.ts';
import { notFoundError, targetOf } from '../verbs/target.ts';
import { connectionText } from '../webhook-errors.ts';

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
  const { incoming, unread, body, method, lifetime } = request;
  const path = `/${targetOf(request).rest}${querySuffix(request)}`;
  const headers = { ...incoming?.headers, host: `${destination.host}:${destination.port}` } as Record<
    string,
    string | string[] | undefined
  >;
  for (const name of Object.keys(headers)) if (name.startsWith(':') || name === 'authorization') delete headers[name];
  return new Promise((resolve, reject) => {
    const send = destination.secure ? httpsRequest : httpRequest;
    const options = {
      host: destination.host,
      port: destination.port,
      method,
      path,
      headers,
      signal: lifetime.signal,
      rejectUnauthorized: false,
    };
    const outgoing = send(options, (response) => {
      const passed: Record<string, string> = {};
      for (const [name, value] of Object.entries(response.headers)) {
        if (!['connection', 'transfer-encoding', 'keep-alive'].includes(name)) passed[name] = String(value);
      }
      resolve({ type: 'raw', status: response.statusCode ?? 502, headers: passed, body: response });
    });
    outgoing.on('error', (error) =>
      reject(new ApiError('ServiceUnavailable', `error trying to reach service: ${whyOf(error, destination)}`)),
    );
    if (unread !== undefined) unread.pipe(outgoing);
    else if (body.type === 'bytes') outgoing.end(body.bytes);
    else outgoing.end();
  });
}

const whyOf = (error: Error, { host, port }: Destination): string => connectionText(error, host, String(port));

function querySuffix(request: ApiRequest): string {
  const query = request.query.toString();
  return query === '' ? '' : `?${query}`;
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
  const own = /^(?:127\.|169\.254\.|0\.|22[4-9]\.|23\d\.|::1?$|fe80:|ff)/i;
  if (host === 'localhost' || own.test(host)) throw new ApiError('BadRequest', 'address not allowed');
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

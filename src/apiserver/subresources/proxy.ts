/** The proxy subresource of pods, services and nodes: an HTTP request passed on to what they name. */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { ApiError } from '../../api/api-error.ts';
import type { Node, Pod, Service } from '../../api/groups/core.v1.ts';
import type { EndpointSlice } from '../../api/groups/discovery.v1.ts';
import { EndpointSlices } from '../../api/resources.ts';
import type { Api } from '../api.ts';
import { scopeOf, storageKey, type Served } from '../registry/served.ts';
import type { Answer, ApiRequest } from '../request.ts';
import { notFoundError, targetOf } from '../verbs/target.ts';

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
  const destination = await findDestination(api, served, request);
  const { incoming, method, signal } = request;
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
      signal,
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
      reject(new ApiError('ServiceUnavailable', `error trying to reach service: ${error.message}`)),
    );
    if (incoming === undefined || method === 'GET' || method === 'HEAD') outgoing.end();
    else incoming.pipe(outgoing);
  });
}

function querySuffix(request: ApiRequest): string {
  const query = request.query.toString();
  return query === '' ? '' : `?${query}`;
}

async function findDestination(api: Api, served: Served, request: ApiRequest): Promise<Destination> {
  const { namespace, name: text = '' } = targetOf(request);
  const wanted = parseName(text);
  const object = served.cache.get(storageKey(served, namespace, wanted.name))?.object;
  if (object === undefined) throw notFoundError(served, wanted.name);
  const secure = wanted.scheme === 'https';
  switch (served.resource.plural) {
    case 'pods':
      return { secure, ...podAddress(object as unknown as Pod, wanted) };
    case 'services':
      return { secure, ...(await serviceAddress(api, object as unknown as Service, wanted)) };
    default:
      return { secure: true, ...nodeAddress(object as unknown as Node, wanted) };
  }
}

function parseName(text: string): ProxyName {
  const parts = text.split(':');
  if (parts.length === 3) return { scheme: parts[0] ?? '', name: parts[1] ?? '', port: parts[2] ?? '' };
  return { scheme: '', name: parts[0] ?? '', port: parts[1] ?? '' };
}

function podAddress(pod: Pod, wanted: ProxyName): Omit<Destination, 'secure'> {
  const host = pod.status.podIP;
  if (host === undefined || host === '') throw new ApiError('ServiceUnavailable', 'address not allowed');
  const ports = pod.spec.containers.flatMap((container) => container.ports ?? []);
  const port = wanted.port === '' ? (ports[0]?.containerPort ?? 80) : Number(wanted.port);
  return {
    host,
    port: Number.isNaN(port) ? (ports.find(({ name }) => name === wanted.port)?.containerPort ?? 80) : port,
  };
}

async function serviceAddress(api: Api, service: Service, wanted: ProxyName): Promise<Omit<Destination, 'secure'>> {
  const { name, namespace } = service.metadata;
  const ports = service.spec.ports ?? [];
  const port =
    wanted.port === ''
      ? ports[0]
      : ports.find((each) => each.name === wanted.port || String(each.port) === wanted.port);
  const slices = api.resources.of(EndpointSlices);
  await slices.cache.ready();
  for (const { object } of slices.cache.list(scopeOf(slices, namespace))) {
    const slice = object as unknown as EndpointSlice;
    if (slice.metadata.labels?.['kubernetes.io/service-name'] !== name) continue;
    const endpoint = slice.endpoints?.find(({ conditions }) => conditions?.ready !== false);
    const slicePort = slice.ports?.find((each) => (each.name ?? '') === (port?.name ?? ''))?.port;
    const host = endpoint?.addresses[0];
    if (host !== undefined && slicePort !== undefined) return { host, port: slicePort };
  }
  throw new ApiError('ServiceUnavailable', `no endpoints available for service ${JSON.stringify(name)}`);
}

function nodeAddress(node: Node, wanted: ProxyName): Omit<Destination, 'secure'> {
  const host = node.status.addresses?.find(({ type }) => type === 'InternalIP')?.address;
  if (host === undefined) throw new ApiError('ServiceUnavailable', `node ${node.metadata.name} has no address`);
  const port = wanted.port === '' ? (node.status.daemonEndpoints?.kubeletEndpoint?.Port ?? 10250) : Number(wanted.port);
  return { host, port };
}

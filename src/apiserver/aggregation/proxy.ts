/**
 * Passes a request on to the extension server that answers its path, in the name of the user, and its answer back as it
 * comes: watches flow, upgrades are joined. Authentication and authorization were done; admission, validation and storage
 * are the other server's. What goes wrong on the way is told in plain text, as kube-aggregator does.
 */
import type { Readable } from 'node:stream';
import type { Api } from '../api.ts';
import { countFault, extensionFaults } from '../metrics/process-figures.ts';
import { tooLargeError } from '../http/read-body.ts';
import { connectionText } from '../webhook-errors.ts';
import type { Answer, ApiRequest } from '../request.ts';
import { findBackend } from './backends.ts';
import { pathOf, type Extension } from './extension.ts';
import { answeredHeaders, passedOnHeaders } from './proxy-headers.ts';
import type { Backend } from './resolve.ts';

const discoveryTimeoutMs = 5000;

export async function proxyToExtension(api: Api, extension: Extension, request: ApiRequest): Promise<Answer> {
  if (!extension.available) return unavailable('service unavailable');
  let backend: Backend;
  try {
    backend = await findBackend(api, extension.service);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    api.log.warn('Could not find a backend of an API service', { name: extension.name, why });
    return unavailable('service unavailable');
  }
  try {
    return await passOn(api, extension, backend, request);
  } catch (error) {
    countFault(extensionFaults, error);
    return unavailable(`error trying to reach service: ${connectionText(error, backend.host, String(backend.port))}`);
  }
}

async function passOn(api: Api, extension: Extension, backend: Backend, request: ApiRequest): Promise<Answer> {
  const { connection } = api.aggregation;
  const { method, user, upgrade, info } = request;
  const path = urlOf(request);
  const headers = { ...passedOnHeaders(receivedHeaders(request), user, upgrade !== undefined), ...forwarded(request) };
  if (upgrade !== undefined) {
    await connection.relay(extension, backend, { method, path, headers, ...upgrade });
    return { type: 'hijacked' };
  }
  const isDiscovery = info.path.replace(/\/$/, '') === pathOf(extension);
  const response = await connection.send(extension, backend, {
    method,
    path,
    headers,
    body: bodyOf(request),
    signal: isDiscovery
      ? AbortSignal.any([request.lifetime.signal, AbortSignal.timeout(discoveryTimeoutMs)])
      : request.lifetime.signal,
  });
  return {
    type: 'raw',
    status: response.statusCode ?? 502,
    headers: answeredHeaders(response.headers),
    body: response,
  };
}

/** As the client wrote it: escapes and the order of parameters stay. */
function urlOf({ incoming, info, query }: ApiRequest): string {
  if (incoming?.url !== undefined) return incoming.url;
  const search = query.toString();
  return search === '' ? info.path : `${info.path}?${search}`;
}

function receivedHeaders({
  incoming,
  accept,
  contentType,
  userAgent,
  body,
}: ApiRequest): NodeJS.Dict<string | string[]> {
  if (incoming !== undefined) return incoming.headers;
  return { accept, 'user-agent': userAgent, ...(body.type === 'none' ? {} : { 'content-type': contentType }) };
}

function forwarded({ incoming }: ApiRequest): Record<string, string> {
  if (incoming === undefined) return {};
  const address = incoming.socket.remoteAddress;
  const before = incoming.headers['x-forwarded-for'];
  const host = incoming.headers.host ?? String(incoming.headers[':authority'] ?? '');
  return {
    ...(address === undefined
      ? {}
      : { 'x-forwarded-for': before === undefined ? address : `${String(before)}, ${address}` }),
    'x-forwarded-host': host,
    'x-forwarded-proto': 'https',
    'x-forwarded-uri': incoming.url?.split('?')[0] ?? '',
  };
}

/** A body that came over the socket was left unread, to flow through. */
function bodyOf({ body, unread }: ApiRequest): Uint8Array | Readable | undefined {
  if (body.type === 'too-large') throw tooLargeError();
  if (body.type === 'bytes') return body.bytes;
  if (body.type === 'value') return Buffer.from(JSON.stringify(body.value));
  return unread;
}

const unavailable = (text: string): Answer => ({
  type: 'raw',
  status: 503,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
  body: `${text}\n`,
});

/**
 * A small extension API server, as people write them: the resource flunders of group wardle.example.com, kept in memory,
 * for one version. It knows nobody itself: it takes the word of whoever shows a client certificate of the front proxy's
 * authority with an allowed name, and reads who asks from the headers.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { TLSSocket } from 'node:tls';
import type { KeyPair } from '../src/base/certificate.ts';

export const group = 'wardle.example.com';
export const version = 'v1alpha1';
const base = `/apis/${group}/${version}`;

export interface FlunderOptions {
  readonly serving: KeyPair;
  /** PEM of the authority of front proxies. */
  readonly frontProxyCa: string;
  readonly allowedNames: readonly string[];
  /** Discovery in the aggregated form too, as newer servers have it. */
  readonly aggregatedDiscovery: boolean;
}

export interface FlunderServer {
  readonly port: number;
  /** Headers of the requests that came for flunders, the latest last. */
  readonly received: readonly IncomingMessage['headers'][];
  close(): Promise<void>;
}

interface Flunder {
  readonly kind: 'Flunder';
  readonly apiVersion: string;
  readonly metadata: { readonly name: string; readonly namespace: string; readonly resourceVersion: string };
  readonly spec?: object;
}

const resource = {
  name: 'flunders',
  singularName: 'flunder',
  namespaced: true,
  kind: 'Flunder',
  verbs: ['create', 'delete', 'get', 'list', 'watch'],
  shortNames: ['fl'],
};

const discovery = {
  kind: 'APIResourceList',
  apiVersion: 'v1',
  groupVersion: `${group}/${version}`,
  resources: [resource],
};

const aggregated = {
  kind: 'APIGroupDiscoveryList',
  apiVersion: 'apidiscovery.k8s.io/v2',
  metadata: {},
  items: [
    {
      metadata: { name: group },
      versions: [
        {
          version,
          resources: [
            {
              resource: 'flunders',
              responseKind: { group: '', version: '', kind: 'Flunder' },
              scope: 'Namespaced',
              singularResource: 'flunder',
              verbs: resource.verbs,
              shortNames: ['fl'],
            },
          ],
          freshness: 'Current',
        },
      ],
    },
  ],
};

const schemaName = 'com.example.wardle.v1alpha1.Flunder';
const schema = {
  type: 'object',
  'x-kubernetes-group-version-kind': [{ group, kind: 'Flunder', version }],
  properties: { spec: { type: 'object' } },
};

export async function startFlunderServer(options: FlunderOptions): Promise<FlunderServer> {
  const { serving, frontProxyCa } = options;
  const state = new Flunders();
  const received: IncomingMessage['headers'][] = [];
  const server = createServer(
    { cert: serving.certificate, key: serving.key, ca: frontProxyCa, requestCert: true, rejectUnauthorized: false },
    (request, response) => {
      const isDiscovery = !(request.url ?? '').includes('/flunders');
      if (!isDiscovery) received.push(request.headers);
      if (!isTrusted(request, options)) return answer(response, 401, { kind: 'Status', code: 401 });
      void serve(options, state, request, response);
    },
  );
  server.on('upgrade', (_request, socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n');
    socket.pipe(socket);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as { port: number }).port, received, close: () => closeServer(server) };
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function isTrusted({ socket }: IncomingMessage, { allowedNames }: FlunderOptions): boolean {
  const { authorized } = socket as TLSSocket;
  const name = (socket as TLSSocket).getPeerCertificate().subject?.CN;
  return authorized && typeof name === 'string' && allowedNames.includes(name);
}

async function serve(
  { aggregatedDiscovery }: FlunderOptions,
  state: Flunders,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [path = '', search = ''] = (request.url ?? '').split('?');
  const wantsAggregated = String(request.headers.accept).includes('as=APIGroupDiscoveryList');
  if (path === '/apis' && aggregatedDiscovery && wantsAggregated) return answer(response, 200, aggregated);
  if (path === base) return answer(response, 200, discovery);
  if (path === `/openapi/v3${base}`) {
    return answer(response, 200, { openapi: '3.0.0', paths: {}, components: { schemas: { [schemaName]: schema } } });
  }
  if (path === '/openapi/v2') {
    const paths = { [`${base}/namespaces/{namespace}/flunders`]: { get: {} }, '/healthz': { get: {} } };
    return answer(response, 200, { swagger: '2.0', paths, definitions: { [schemaName]: schema } });
  }
  const match = new RegExp(`^${base}/namespaces/([^/]+)/flunders(?:/([^/]+))?$`).exec(path);
  if (match === null) return answer(response, 404, { kind: 'Status', code: 404 });
  const [, namespace = '', name] = match;
  const watches = new URLSearchParams(search).get('watch') === 'true';
  if (request.method === 'POST') return answer(response, 201, state.create(namespace, await readJson(request)));
  if (name !== undefined) return answer(response, ...state.one(request.method ?? '', `${namespace}/${name}`));
  if (watches) return state.watch(response);
  answer(response, 200, state.list(namespace));
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'access-control-allow-origin': '*' });
  response.end(JSON.stringify(body));
}

async function readJson(request: IncomingMessage): Promise<Flunder> {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  return JSON.parse(Buffer.concat(parts).toString('utf8')) as Flunder;
}

class Flunders {
  readonly #objects = new Map<string, Flunder>();
  readonly #watchers = new Set<ServerResponse>();
  #revision = 0;

  create(namespace: string, given: Flunder): Flunder {
    const { name } = given.metadata;
    const resourceVersion = String(++this.#revision);
    const object: Flunder = {
      ...given,
      kind: 'Flunder',
      apiVersion: `${group}/${version}`,
      metadata: { ...given.metadata, name, namespace, resourceVersion },
    };
    this.#objects.set(`${namespace}/${name}`, object);
    this.#tell('ADDED', object);
    return object;
  }

  one(method: string, key: string): [number, object] {
    const object = this.#objects.get(key);
    if (object === undefined)
      return [404, { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'NotFound', code: 404 }];
    if (method === 'DELETE') {
      this.#objects.delete(key);
      this.#tell('DELETED', object);
    }
    return [200, object];
  }

  list(namespace: string): object {
    const items = [...this.#objects.values()].filter(({ metadata }) => metadata.namespace === namespace);
    const metadata = { resourceVersion: String(this.#revision) };
    return { kind: 'FlunderList', apiVersion: `${group}/${version}`, metadata, items };
  }

  watch(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    this.#watchers.add(response);
    response.on('close', () => this.#watchers.delete(response));
  }

  #tell(type: string, object: Flunder): void {
    for (const watcher of this.#watchers) watcher.write(`${JSON.stringify({ type, object })}\n`);
  }
}

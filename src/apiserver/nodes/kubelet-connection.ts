/** The server's way to kubelets: HTTPS with its own client certificate, to the address that the node reports. */
import { request as httpsRequest, type RequestOptions } from 'node:https';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { ApiError } from '../../api/api-error.ts';
import type { Node } from '../../api/groups/core.v1.ts';

export interface KubeletConnection {
  /** Sends a request and answers its response as it comes. */
  request(node: Node, method: string, path: string, signal: AbortSignal): Promise<IncomingMessage>;
  /** Joins a client that wants to leave HTTP with the kubelet; resolves when either side ended. */
  relay(node: Node, client: RelayedClient): Promise<void>;
}

export interface RelayedClient {
  readonly method: string;
  /** Path and query at the kubelet. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly socket: Duplex;
  readonly head: Uint8Array;
}

export interface KubeletCredentials {
  readonly cert: string;
  readonly key: string;
  /** Authority of the kubelets' serving certificates. */
  readonly ca: string;
}

/** Without credentials there are no kubelets: requests that need one say so. */
export function createKubeletConnection(credentials: KubeletCredentials | undefined): KubeletConnection {
  const options = (node: Node): RequestOptions => {
    if (credentials === undefined) {
      throw new ApiError(
        'InternalError',
        'this API server has no client certificate for kubelets (--kubelet-client-certificate)',
      );
    }
    return { ...addressOf(node), ...credentials, servername: node.metadata.name, agent: false };
  };
  return {
    request: (node, method, path, signal) =>
      new Promise((resolve, reject) => {
        const request = httpsRequest({ ...options(node), method, path, signal });
        request.on('response', resolve);
        const { host, port } = addressOf(node);
        request.on('error', (error) => reject(requestError(`https://${host}:${port}${path}`, method, error)));
        request.end();
      }),
    relay: (node, client) => relay(options(node), node, client),
  };
}

function relay(options: RequestOptions, node: Node, client: RelayedClient): Promise<void> {
  const { socket } = client;
  return new Promise((resolve, reject) => {
    const request = httpsRequest({
      ...options,
      method: client.method,
      path: client.path,
      headers: passedHeaders(client),
    });
    request.on('upgrade', (response, kubelet, head) => {
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${headerLines(response)}\r\n`);
      if (head.length > 0) socket.write(head);
      if (client.head.length > 0) kubelet.write(client.head);
      join(socket, kubelet, resolve);
    });
    request.on('response', (response) => {
      // Refused: the kubelet's answer goes to the client as it is.
      socket.write(
        `HTTP/1.1 ${response.statusCode ?? 500} ${response.statusMessage ?? ''}\r\n${headerLines(response)}\r\n`,
      );
      response.pipe(socket);
      response.on('close', resolve);
    });
    request.on('error', (error) => reject(unreachable(node, error)));
    request.end();
  });
}

/** Copies both ways. What the kubelet said before it hung up still reaches the client. */
function join(client: Duplex, kubelet: Duplex, ended: () => void): void {
  client.pipe(kubelet);
  kubelet.pipe(client);
  const end = (): void => {
    client.destroy();
    kubelet.destroy();
    ended();
  };
  client.on('close', end);
  client.on('error', end);
  kubelet.on('error', end);
  kubelet.on('close', () => {
    if (kubelet.readableEnded) client.end();
    else end();
  });
}

/** Credentials of the client stay here: the kubelet sees the server's own. */
function passedHeaders({ headers }: RelayedClient): Record<string, string | string[]> {
  const passed: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || ['host', 'authorization'].includes(name) || name.startsWith(':')) continue;
    passed[name] = typeof value === 'string' ? value : [...value];
  }
  return passed;
}

function headerLines(response: IncomingMessage): string {
  let lines = '';
  for (let i = 0; i + 1 < response.rawHeaders.length; i += 2)
    lines += `${response.rawHeaders[i]}: ${response.rawHeaders[i + 1]}\r\n`;
  return lines;
}

/** Where the kubelet of a node listens. */
export function addressOf(node: Node): { readonly host: string; readonly port: number } {
  const addresses = node.status.addresses ?? [];
  const address = ['InternalIP', 'ExternalIP', 'Hostname']
    .map((type) => addresses.find((each) => each.type === type))
    .find((each) => each !== undefined);
  if (address === undefined) {
    throw new ApiError('', 'no preferred addresses found; known addresses: []');
  }
  return { host: address.address, port: node.status.daemonEndpoints?.kubeletEndpoint?.Port ?? 10250 };
}

/** In the words of Go's HTTP client, which the original passes on. */
function requestError(url: string, method: string, error: NodeJS.ErrnoException): ApiError {
  const verb = `${method.charAt(0)}${method.slice(1).toLowerCase()}`;
  const { host } = new URL(url);
  const why = error.code === 'ECONNREFUSED' ? `dial tcp ${host}: connect: connection refused` : error.message;
  return new ApiError('', `${verb} ${JSON.stringify(url)}: ${why}`);
}

function unreachable(node: Node, error: Error): ApiError {
  return new ApiError(
    'ServiceUnavailable',
    `cannot reach the kubelet of node ${JSON.stringify(node.metadata.name)}: ${error.message}`,
  );
}

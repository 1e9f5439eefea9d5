/** The server's way to kubelets: HTTPS with its own client certificate, to the address that the node reports. */
import { request as httpsRequest, type RequestOptions } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { ApiError } from '../../api/api-error.ts';
import type { Node } from '../../api/groups/core.v1.ts';
import { relayUpgrade, type RelayedClient } from '../http/relay.ts';

export interface KubeletConnection {
  /** Sends a request and answers its response as it comes. */
  request(node: Node, method: string, path: string, signal: AbortSignal): Promise<IncomingMessage>;
  /** Joins a client that wants to leave HTTP with the kubelet; resolves when either side ended. */
  relay(node: Node, client: RelayedClient): Promise<void>;
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
    relay: async (node, client) => {
      await relayUpgrade(options(node), client).catch((error: Error) => {
        throw unreachable(node, error);
      });
    },
  };
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

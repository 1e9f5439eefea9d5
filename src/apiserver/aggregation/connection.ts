/**
 * The way to extension servers: HTTPS with the front proxy's client certificate, by which they know that the headers
 * saying who asks come from this server. The name they must have in their certificate is that of their service,
 * `NAME.NAMESPACE.svc`, wherever they listen. Connections are kept, by extension.
 */
import { Agent, request as httpsRequest, type RequestOptions } from 'node:https';
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { relayUpgrade, type RelayedClient } from '../http/relay.ts';
import type { Extension } from './extension.ts';
import type { Backend } from './resolve.ts';

/** What this server shows as the front proxy, PEM. */
export interface ProxyCertificate {
  readonly cert: string;
  readonly key: string;
}

export interface ExtensionRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body?: Uint8Array | Readable | undefined;
  readonly signal: AbortSignal;
  /** Whoever listens there is asked: for a check that gives nothing away. */
  readonly unverified?: boolean;
}

export interface ExtensionConnection {
  /** Answers as soon as the headers are there. Rejects when the server cannot be reached. */
  send(extension: Extension, backend: Backend, request: ExtensionRequest): Promise<IncomingMessage>;
  /** Joins a client that leaves HTTP with the server; resolves when either side ended. */
  relay(extension: Extension, backend: Backend, client: RelayedClient): Promise<void>;
  close(): void;
}

export function createExtensionConnection(certificate: ProxyCertificate | undefined): ExtensionConnection {
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 16 });
  const options = ({ service, trust }: Extension, { host, port }: Backend): RequestOptions => ({
    host,
    port,
    servername: `${service.name}.${service.namespace}.svc`,
    ...(certificate === undefined ? {} : { cert: certificate.cert, key: certificate.key }),
    ...(trust === 'anything' ? { rejectUnauthorized: false } : trust === 'system' ? {} : { ca: trust.ca }),
  });
  return {
    send: (extension, backend, { method, path, headers, body, signal, unverified }) =>
      new Promise((resolve, reject) => {
        const blind = unverified === true ? { rejectUnauthorized: false } : {};
        const request = httpsRequest({
          ...options(extension, backend),
          ...blind,
          agent,
          method,
          path,
          headers,
          signal,
        });
        request.on('response', resolve);
        request.on('error', reject);
        if (body === undefined || body instanceof Uint8Array) return void request.end(body);
        body.on('error', (error) => request.destroy(error));
        body.pipe(request);
      }),
    relay: (extension, backend, client) => relayUpgrade({ ...options(extension, backend), agent: false }, client),
    close: () => agent.destroy(),
  };
}

/** How requests reach a server: what is sent and answered looks the same over HTTP/1.1 and HTTP/2. */
import type { Readable } from 'node:stream';

export interface TransportRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | undefined;
  readonly signal: AbortSignal;
}

export interface TransportResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Must be read to its end or destroyed. */
  readonly body: Readable;
}

export interface Transport {
  send(request: TransportRequest): Promise<TransportResponse>;
  /** Drops every connection; requests under way fail. */
  close(): void;
}

/** PEM texts. */
export interface TlsOptions {
  /** Default: the authorities that Node trusts. */
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** The name that the server's certificate must bear; default: the host of the URL. */
  readonly serverName?: string | undefined;
  /** Takes any certificate. */
  readonly insecureSkipVerify?: boolean | undefined;
}

/** Without the brackets around an IPv6 address. */
export function hostOf(server: URL): string {
  return server.hostname.replace(/^\[|\]$/g, '');
}

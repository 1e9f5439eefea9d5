/** Requests over HTTP/1.1: one connection for each request under way, kept for the next when it is done. */
import http from 'node:http';
import https from 'node:https';
import type { SecureContext } from 'node:tls';
import { hostOf, type Transport, type TransportRequest, type TransportResponse } from './transport.ts';

export interface Http1Tls {
  readonly secureContext: SecureContext;
  readonly rejectUnauthorized: boolean;
  readonly servername?: string;
}

/** `tls` undefined: in the clear. */
export function createHttp1Transport(server: URL, tls: Http1Tls | undefined): Transport {
  const agent = tls === undefined ? new http.Agent({ keepAlive: true }) : new https.Agent({ ...tls, keepAlive: true });
  const open = tls === undefined ? http.request : https.request;
  return {
    async send(request) {
      for (;;) {
        const attempt = await sendOnce(open, agent, server, request);
        if (attempt.ok) return attempt.response;
        // A kept connection that the server closed in the same moment: GET may simply be sent again.
        if (!attempt.stale || request.method !== 'GET' || request.signal.aborted) throw attempt.error;
      }
    },
    close: () => agent.destroy(),
  };
}

type Attempt =
  | { readonly ok: true; readonly response: TransportResponse }
  | { readonly ok: false; readonly error: Error; readonly stale: boolean };

function sendOnce(
  open: typeof http.request,
  agent: http.Agent,
  server: URL,
  request: TransportRequest,
): Promise<Attempt> {
  const { method, path, headers, body, signal } = request;
  return new Promise((resolve) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const sending = open({
      agent,
      method,
      path,
      host: hostOf(server),
      port: server.port === '' ? undefined : Number(server.port),
      headers: { ...headers, ...length } as http.OutgoingHttpHeaders,
      signal,
    });
    sending.once('response', (incoming) => {
      // Readers see the error of a broken stream themselves; without a reader nobody is interested.
      incoming.on('error', () => undefined);
      resolve({ ok: true, response: answerOf(incoming) });
    });
    sending.on('error', (error) => resolve({ ok: false, error, stale: sending.reusedSocket }));
    sending.end(body);
  });
}

function answerOf(incoming: http.IncomingMessage): TransportResponse {
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return { status: incoming.statusCode ?? 0, headers, body: incoming };
}

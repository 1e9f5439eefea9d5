/** One JSON request to an extender, over HTTP or HTTPS, with a limit on time and size. */
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { JsonObject } from '../../api/schema.ts';
import type { DeclaredExtender, ExtenderTlsConfig } from '../config/declarations.ts';

export interface Endpoint {
  readonly urlPrefix: string;
  readonly timeoutMs: number;
  readonly agent: http.Agent;
}

/** An answer may hold all nodes of a large cluster. */
const maxAnswerBytes = 64 * 1024 * 1024;

/** Connections stay open between requests; `agent.destroy()` closes them. */
export function endpointOf({ urlPrefix, enableHTTPS, tlsConfig }: DeclaredExtender, timeoutMs: number): Endpoint {
  const prefix = urlPrefix.replace(/\/+$/, '');
  const secure = prefix.startsWith('https:');
  if (!secure) return { urlPrefix: prefix, timeoutMs, agent: new http.Agent({ keepAlive: true }) };
  const agent = new https.Agent({ keepAlive: true, ...tlsOptions(tlsConfig, enableHTTPS === true) });
  return { urlPrefix: prefix, timeoutMs, agent };
}

/** Without an authority to trust, `enableHTTPS` alone trusts whoever answers, as upstream's does. */
function tlsOptions(tls: ExtenderTlsConfig | undefined, enabled: boolean): https.AgentOptions {
  const pem = (data: string | undefined, file: string | undefined): Buffer | undefined => {
    if ((data ?? '') !== '') return Buffer.from(data ?? '', 'base64');
    return (file ?? '') === '' ? undefined : readFileSync(file ?? '');
  };
  const ca = pem(tls?.caData, tls?.caFile);
  const cert = pem(tls?.certData, tls?.certFile);
  const key = pem(tls?.keyData, tls?.keyFile);
  const trustsAll = tls?.insecure === true || (enabled && ca === undefined);
  return {
    rejectUnauthorized: !trustsAll,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...((tls?.serverName ?? '') === '' ? {} : { servername: tls?.serverName ?? '' }),
  };
}

/** @throws Error when there is no answer in time, or it is not 200 with JSON */
export async function postJson(
  endpoint: Endpoint,
  verb: string,
  body: JsonObject,
  signal: AbortSignal,
): Promise<unknown> {
  const url = `${endpoint.urlPrefix}/${verb}`;
  const { status, text } = await exchange(endpoint, url, JSON.stringify(body), signal);
  if (status !== 200) throw new Error(`failed ${verb} with extender at URL ${url}, code ${status}`);
  if (text.trim() === '') throw new Error('EOF');
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new Error(`failed ${verb} with extender at URL ${url}: the answer is no JSON`, { cause: error });
  }
}

function exchange(
  { agent, timeoutMs }: Endpoint,
  url: string,
  body: string,
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly text: string }> {
  const { request } = url.startsWith('https:') ? https : http;
  return new Promise((resolve, reject) => {
    if (!URL.canParse(url)) throw new Error(`Post "${url}": unsupported protocol scheme ""`);
    const sending = request(url, {
      method: 'POST',
      agent,
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    sending.on('error', (error) => reject(new Error(`Post "${url}": ${reasonOf(error)}`, { cause: error })));
    sending.on('response', (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        chunks.push(chunk);
        if (size > maxAnswerBytes) sending.destroy(new Error(`the answer is larger than ${maxAnswerBytes} bytes`));
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
    });
    sending.end(body);
  });
}

/** In Go's words, as far as they are usual. */
function reasonOf(error: NodeJS.ErrnoException & { readonly address?: string; readonly port?: number }): string {
  const { code, address = '', port, message } = error;
  if (error.name === 'AbortError' || error.name === 'TimeoutError') {
    return 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
  }
  const host = address.includes(':') ? `[${address}]` : address;
  return code === 'ECONNREFUSED' ? `dial tcp ${host}:${port}: connect: connection refused` : message;
}

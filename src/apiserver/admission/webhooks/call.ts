/** Sends a review to a webhook: to its URL, or to the service it names. */
import { request as httpsRequest } from 'node:https';
import type { Service } from '../../../api/groups/core.v1.ts';
import { storageKey, type Served } from '../../registry/served.ts';
import type { Webhook } from './match.ts';

const defaultSeconds = 10;
const maxAnswerBytes = 16 * 1024 * 1024;

/** The webhook could not be asked; the message is the one that the client sees. */
export class CallError extends Error {
  override readonly name = 'CallError';
}

interface Destination {
  readonly url: URL;
  /** Where to connect to when it is not what the URL names. */
  readonly host: string;
}

/** The parsed answer. @throws CallError */
export async function callWebhook(webhook: Webhook, services: Served, review: object): Promise<unknown> {
  const seconds = webhook.timeoutSeconds ?? defaultSeconds;
  const url = urlOf(webhook);
  url.searchParams.set('timeout', `${seconds}s`);
  const fail = (why: string): CallError =>
    new CallError(`failed to call webhook: Post ${JSON.stringify(url.href)}: ${why}`);
  const { service } = webhook.clientConfig;
  let { hostname: host } = url;
  if (service !== undefined) {
    await services.cache.ready();
    const entry = services.cache.get(storageKey(services, service.namespace, service.name));
    if (entry === undefined) throw fail(`service ${JSON.stringify(service.name)} not found`);
    const { spec } = entry.object as unknown as Service;
    const { port = 443 } = service;
    if (spec.type !== 'ExternalName' && spec.ports?.some((one) => one.port === port) !== true) {
      throw fail(`no service port ${port} found for service ${JSON.stringify(service.name)}`);
    }
    host = (spec.type === 'ExternalName' ? spec.externalName : spec.clusterIP) ?? '';
  }
  const answer = await post({ url, host }, webhook, JSON.stringify(review), seconds * 1000).catch((error: unknown) => {
    throw fail(networkErrorText(error, host, url.port === '' ? '443' : url.port));
  });
  if (answer.status !== 200) throw new CallError(`failed to call webhook: ${statusText(answer.body)}`);
  try {
    return JSON.parse(answer.body) as unknown;
  } catch (error) {
    throw new CallError(`failed to call webhook: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function urlOf({ clientConfig }: Webhook): URL {
  const { url, service } = clientConfig;
  if (service === undefined) return new URL(url ?? '');
  const { name, namespace, path = '/', port = 443 } = service;
  return new URL(`https://${name}.${namespace}.svc:${port}${path.startsWith('/') ? '' : '/'}${path}`);
}

function post(
  { url, host }: Destination,
  { clientConfig }: Webhook,
  body: string,
  timeoutMs: number,
): Promise<{ readonly status: number; readonly body: string }> {
  const ca = clientConfig.caBundle;
  const named = /^[\d.]+$|:/.test(url.hostname) ? {} : { servername: url.hostname };
  return new Promise((resolve, reject) => {
    const outgoing = httpsRequest(
      {
        host: host.replace(/^\[|\]$/g, ''),
        port: url.port === '' ? 443 : Number(url.port),
        path: url.pathname + url.search,
        method: 'POST',
        headers: { host: url.host, accept: 'application/json', 'content-type': 'application/json' },
        signal: AbortSignal.timeout(timeoutMs),
        ...named,
        ...(ca === undefined || ca === '' ? {} : { ca: Buffer.from(ca, 'base64') }),
      },
      (response) => {
        const parts: Buffer[] = [];
        let bytes = 0;
        response.on('data', (part: Buffer) => {
          bytes += part.length;
          if (bytes > maxAnswerBytes) response.destroy(new Error('the answer is too large'));
          else parts.push(part);
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString('utf8') }),
        );
        response.on('error', reject);
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** What goes wrong on the way, in the words of the original's network library. */
export function networkErrorText(error: unknown, host: string, port: string): string {
  const { code = '', name = '', message = String(error) } = (error ?? {}) as NodeJS.ErrnoException;
  const address = `dial tcp ${host}:${port}`;
  if (name === 'TimeoutError' || name === 'AbortError') return 'context deadline exceeded';
  if (code === 'ECONNREFUSED') return `${address}: connect: connection refused`;
  if (code === 'ENETUNREACH') return `${address}: connect: network is unreachable`;
  if (code === 'EHOSTUNREACH') return `${address}: connect: no route to host`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `dial tcp: lookup ${host}: no such host`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const { host: wanted = '', cert } = error as { host?: string; cert?: { subjectaltname?: string } };
    const names = (cert?.subjectaltname ?? '').replaceAll(/(?:DNS|IP Address):/g, '');
    return `tls: failed to verify certificate: x509: certificate is valid for ${names}, not ${wanted}`;
  }
  if (/CERT|SELF_SIGNED|ISSUER|VERIFY/.test(code)) {
    return `tls: failed to verify certificate: x509: ${code === 'CERT_HAS_EXPIRED' ? 'certificate has expired or is not yet valid' : 'certificate signed by unknown authority'}`;
  }
  return message;
}

/** A webhook that answers with an error may send a Status. */
function statusText(body: string): string {
  try {
    const { message } = JSON.parse(body) as { readonly message?: string };
    if (typeof message === 'string' && message !== '') return message;
  } catch {
    // Not JSON: the original says no more either.
  }
  return 'the server rejected our request for an unknown reason';
}

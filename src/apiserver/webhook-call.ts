/**
 * Calls of the cluster owners' webhooks, for admission and for conversion: a review is POSTed to a URL or to the service
 * that is named, over TLS that the configuration's own authority vouches for. Connections are kept for the next call.
 */
import { Agent, request as httpsRequest } from 'node:https';
import type { Service } from '../api/groups/core.v1.ts';
import type { ObjectType } from '../api/schema.ts';
import { countFault, webhookFaults } from './metrics/process-figures.ts';
import { storageKey, type Served } from './registry/served.ts';
import { connectionText, responseText } from './webhook-errors.ts';
import { readReview, UnreadableReviewError, type SentReview } from './webhook-review.ts';

const maxAnswerBytes = 16 * 1024 * 1024;
const maxAgents = 200;

export interface WebhookClient {
  readonly url?: string | undefined;
  readonly service?:
    | {
        readonly name: string;
        readonly namespace: string;
        readonly path?: string | undefined;
        readonly port?: number | undefined;
      }
    | undefined;
  /** PEM in base64; without it the authorities that the machine trusts count. */
  readonly caBundle?: string | undefined;
}

export interface WebhookCall<T> {
  readonly client: WebhookClient;
  readonly timeoutSeconds: number;
  readonly review: SentReview;
  /** Of the answer. */
  readonly type: ObjectType<T>;
  /** Of Services, to find the one that is named. */
  readonly services: Served;
}

/** The webhook could not be asked, or gave no answer; the message is the one that the client sees. */
export class CallError extends Error {
  override readonly name = 'CallError';
}

interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** The parsed answer. @throws CallError */
export async function callWebhook<T>(call: WebhookCall<T>): Promise<T> {
  const { client, timeoutSeconds, review, services } = call;
  const url = urlOf(client);
  url.searchParams.set('timeout', `${timeoutSeconds}s`);
  const port = url.port === '' ? '443' : url.port;
  let host = url.hostname;
  try {
    if (client.service !== undefined) host = await resolve(client.service, services);
    const body = JSON.stringify(review);
    return await readAnswer(await post({ url, host, client, body, timeoutMs: timeoutSeconds * 1000 }), call);
  } catch (error) {
    if (error instanceof CallError) throw error;
    countFault(webhookFaults, error);
    const why = error instanceof ResolveError ? error.message : connectionText(error, host, port);
    throw new CallError(`Post ${JSON.stringify(url.href)}: ${why}`);
  }
}

class ResolveError extends Error {}

/** The address of the service. */
async function resolve(wanted: NonNullable<WebhookClient['service']>, services: Served): Promise<string> {
  await services.cache.ready();
  const quoted = JSON.stringify(wanted.name);
  const entry = services.cache.get(storageKey(services, wanted.namespace, wanted.name));
  if (entry === undefined) throw new ResolveError(`service ${quoted} not found`);
  const { spec } = entry.object as unknown as Service;
  if (spec.type === 'ExternalName') return spec.externalName ?? '';
  if (spec.clusterIP === 'None') throw new ResolveError('cannot route to service with ClusterIP "None"');
  const { port = 443 } = wanted;
  if (spec.ports?.some((one) => one.port === port) !== true) {
    throw new ResolveError(`no service port ${port} found for service ${quoted}`);
  }
  return spec.clusterIP ?? '';
}

function urlOf({ url, service }: WebhookClient): URL {
  if (service === undefined) return new URL(url ?? '');
  const { name, namespace, path = '/', port = 443 } = service;
  return new URL(`https://${name}.${namespace}.svc:${port}${path.startsWith('/') ? '' : '/'}${path}`);
}

async function readAnswer<T>({ status, contentType, body }: Answer, { review, type }: WebhookCall<T>): Promise<T> {
  if (status < 200 || status > 206) throw new CallError(responseText(status, contentType, body));
  if (body === '') {
    throw new CallError(`0-length response with status code: ${status} and content type: ${contentType}`);
  }
  try {
    return await readReview(body, review, type);
  } catch (error) {
    if (error instanceof UnreadableReviewError) throw new CallError(error.message);
    throw error;
  }
}

/** By what makes a connection: the authority and the name that the certificate must have. */
const agents = new Map<string, Agent>();

function agentFor({ caBundle = '' }: WebhookClient, hostname: string): Agent {
  const key = `${hostname} ${caBundle}`;
  let agent = agents.get(key);
  if (agent !== undefined) return agent;
  const [oldest] = agents;
  if (agents.size >= maxAgents && oldest !== undefined) {
    agents.delete(oldest[0]);
    oldest[1].destroy();
  }
  const ca = caBundle === '' ? {} : { ca: Buffer.from(caBundle, 'base64') };
  const named = /^[\d.]+$|:/.test(hostname) ? {} : { servername: hostname };
  agent = new Agent({ keepAlive: true, keepAliveMsecs: 30_000, maxFreeSockets: 16, timeout: 60_000, ...ca, ...named });
  agents.set(key, agent);
  return agent;
}

interface Sending {
  readonly url: URL;
  /** Where to connect to when it is not what the URL names. */
  readonly host: string;
  readonly client: WebhookClient;
  readonly body: string;
  readonly timeoutMs: number;
}

async function post(sending: Sending): Promise<Answer> {
  const signal = AbortSignal.timeout(sending.timeoutMs);
  try {
    return await send(sending, signal);
  } catch (error) {
    // The other side closed a kept connection while we began to use it: nothing was read there.
    const stale = error instanceof Error && 'stale' in error;
    if (stale && !signal.aborted) return send(sending, signal);
    throw error;
  }
}

function send({ url, host, client, body }: Sending, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = httpsRequest(
      {
        host: host.replace(/^\[|\]$/g, ''),
        port: url.port === '' ? 443 : Number(url.port),
        path: url.pathname + url.search,
        method: 'POST',
        headers: {
          host: url.host,
          accept: 'application/json, */*',
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          'user-agent': 'kube-apiserver-admission',
        },
        agent: agentFor(client, url.hostname),
        signal,
      },
      (response) => {
        const parts: Buffer[] = [];
        let bytes = 0;
        response.on('data', (part: Buffer) => {
          bytes += part.length;
          if (bytes > maxAnswerBytes) response.destroy(new Error('the answer is too large'));
          else parts.push(part);
        });
        response.on('end', () => {
          const contentType = response.headers['content-type'] ?? '';
          resolve({
            status: response.statusCode ?? 0,
            contentType,
            body: Buffer.concat(parts).toString('utf8'),
          });
        });
        response.on('error', reject);
      },
    );
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      const reused = outgoing.reusedSocket && ['ECONNRESET', 'EPIPE'].includes(error.code ?? '');
      reject(reused ? Object.assign(error, { stale: true }) : error);
    });
    outgoing.end(body);
  });
}

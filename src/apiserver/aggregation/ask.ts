/** Questions of the server's own to an extension server, as the user by which kube-aggregator asks. */
import type { Api } from '../api.ts';
import type { JsonObject } from '../../api/schema.ts';
import { findBackend } from './backends.ts';
import { pathOf, type Extension } from './extension.ts';
import { identityHeaders } from './proxy-headers.ts';
import type { Backend } from './resolve.ts';
import { countFault, extensionFaults } from '../metrics/process-figures.ts';
import { connectionText } from '../webhook-errors.ts';

const timeoutMs = 5000;
/** Larger answers are no discovery and no schema. */
const maxAnswerBytes = 32 * 1024 * 1024;
/** Backends that are asked at once whether they answer. */
const attempts = 5;

const aggregator = { name: 'system:kube-aggregator', groups: ['system:masters'] };

interface ExtensionAnswer {
  readonly status: number;
  readonly text: string;
  readonly contentType: string;
}

/** Rejects when the server cannot be reached in time. */
async function askExtension(api: Api, extension: Extension, path: string, accept: string): Promise<ExtensionAnswer> {
  const backend = await findBackend(api, extension.service);
  return askBackend(api, extension, backend, { path, accept, unverified: false });
}

/** The JSON object that the server answers; undefined for any other answer. Rejects when it cannot be reached in time. */
export async function askForObject(
  api: Api,
  extension: Extension,
  path: string,
  accept = 'application/json',
): Promise<JsonObject | undefined> {
  const { status, text } = await askExtension(api, extension, path, accept);
  if (status !== 200 || !text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text) as JsonObject;
  } catch {
    return undefined;
  }
}

/** What keeps the server from answering, in Kubernetes' words; undefined when one of its backends answers well. */
export async function probeExtension(api: Api, extension: Extension): Promise<string | undefined> {
  const backends = new Map<string, Backend>();
  try {
    for (let i = 0; i < attempts; i++) {
      const backend = await findBackend(api, extension.service);
      backends.set(`${backend.host}:${backend.port}`, backend);
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const failures = await Promise.all([...backends.values()].map((backend) => probeBackend(api, extension, backend)));
  return failures.includes(undefined) ? undefined : failures.at(-1);
}

async function probeBackend(api: Api, extension: Extension, backend: Backend): Promise<string | undefined> {
  const { host, port } = backend;
  const path = pathOf(extension);
  const url = `https://${host.includes(':') ? `[${host}]` : host}:${port}${path}`;
  try {
    const { status } = await askBackend(api, extension, backend, {
      path,
      accept: 'application/json',
      unverified: true,
    });
    if (status >= 200 && status < 300) return undefined;
    return `failing or missing response from ${url}: bad status from ${url}: ${status}`;
  } catch (error) {
    countFault(extensionFaults, error);
    const why = `Get ${JSON.stringify(url)}: ${connectionText(error, host, String(port))}`;
    return `failing or missing response from ${url}: ${why}`;
  }
}

async function askBackend(
  api: Api,
  extension: Extension,
  backend: Backend,
  { path, accept, unverified }: { readonly path: string; readonly accept: string; readonly unverified: boolean },
): Promise<ExtensionAnswer> {
  const signal = AbortSignal.timeout(timeoutMs);
  const headers = { accept, 'user-agent': 'kube-aggregator', ...identityHeaders(aggregator) };
  const response = await api.aggregation.connection.send(extension, backend, {
    method: 'GET',
    path,
    headers,
    signal,
    unverified,
  });
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > maxAnswerBytes) throw new Error(`the answer to ${path} is larger than ${maxAnswerBytes} bytes`);
    parts.push(part);
  }
  return {
    status: response.statusCode ?? 0,
    text: Buffer.concat(parts).toString('utf8'),
    contentType: response.headers['content-type'] ?? '',
  };
}

/**
 * The API server for tests: on a store in memory, asked through `handle` as callers of this process ask it. Answers come
 * as clients get them: status, body, warnings.
 */
import { ApiError } from '../../api/api-error.ts';
import type { Json, JsonObject } from '../../api/schema.ts';
import { createCertificate, createPrivateKeyPem } from '../../base/certificate.ts';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { seededRandom } from '../../base/random.ts';
import { openEmbeddedStore } from '../../store/embedded/open.ts';
import { startApiServer, type ApiServer, type ApiServerOptions } from '../api-server.ts';
import { joinPieces } from '../http/body-writer.ts';
import { negotiate } from '../http/negotiate.ts';
import { render } from '../http/render.ts';
import { streamWatch } from '../http/watch-stream.ts';
import type { Delivered } from '../pipeline.ts';
import type { ApiRequest } from '../request.ts';
import { readRequestInfo } from '../request-info.ts';
import { authenticated, type User } from '../user.ts';

/** A bearer token of the user "admin", for requests over the socket. */
export const adminToken = 'admin-token';

const admin: User = { name: 'admin', groups: ['system:masters'] };
export const alice: User = { name: 'alice', groups: ['devs'] };

export interface CallOptions {
  readonly user?: User;
  /** Text is sent as it is, in the content type. */
  readonly body?: Json | string;
  readonly contentType?: string;
  readonly accept?: string;
}

export interface CallResult {
  readonly status: number;
  /** Parsed, when it is JSON. */
  readonly body: JsonObject;
  readonly text: string;
  readonly warnings: readonly string[];
  /** Annotations for the audit log. */
  readonly audit: Readonly<Record<string, string>>;
}

export interface TestWatch {
  /** Waits until `count` events have come, at most a few seconds. */
  events(count: number): Promise<readonly WatchLine[]>;
  stop(): Promise<void>;
}

export interface WatchLine {
  readonly type: string;
  readonly object: JsonObject;
}

export interface TestServer extends Pick<ApiServer, 'handle' | 'metrics'> {
  readonly port: number;
  call(method: string, path: string, options?: CallOptions): Promise<CallResult>;
  /** The body of a call that must succeed. */
  ok(method: string, path: string, body?: Json, contentType?: string): Promise<JsonObject>;
  watch(path: string): Promise<TestWatch>;
  /** A request whose client reads the answer when the function is called that comes back. */
  hold(path: string, user: User): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

/** `options`: beyond what every test needs. A store that is given stays open. */
export async function startTestServer(options: Partial<ApiServerOptions> = {}): Promise<TestServer> {
  const own =
    options.store === undefined
      ? await openEmbeddedStore({ directory: ':memory:', clock: systemClock, log: silentLog })
      : undefined;
  const validity = { notBeforeMs: Date.now() - 60_000, notAfterMs: Date.now() + 3_600_000 };
  const serving = createCertificate({ commonName: 'test', usage: 'server', hosts: ['127.0.0.1'], ...validity });
  const starting = startApiServer({
    ...(own === undefined ? {} : { store: own }),
    clock: systemClock,
    random: seededRandom(1),
    log: silentLog,
    bindAddress: '127.0.0.1',
    securePort: 0,
    serving: { certificate: () => ({ cert: serving.certificate, key: serving.key }) },
    authentication: {
      serviceAccounts: { signingKey: createPrivateKeyPem() },
      tokens: `${adminToken},admin,1,"system:masters"\n`,
    },
    serviceClusterIpRange: '10.96.0.0/16',
    ...options,
  } as ApiServerOptions);
  starting.catch(() => own?.close());
  const server = await starting;
  const call = (method: string, path: string, options: CallOptions = {}): Promise<CallResult> =>
    callServer(server, method, path, options);
  return {
    port: server.port,
    metrics: server.metrics,
    handle: (request) => server.handle(request),
    call,
    async ok(method, path, body, contentType) {
      const result = await call(method, path, {
        ...(body === undefined ? {} : { body }),
        ...(contentType === undefined ? {} : { contentType }),
      });
      if (result.status >= 400) throw new Error(`${method} ${path} answered ${result.status}: ${result.text}`);
      return result.body;
    },
    watch: (path) => startWatch(server, path),
    hold: (path, user) => hold(server, path, user),
    async close() {
      await server.close();
      await own?.close();
    },
  };
}

type Server = Awaited<ReturnType<typeof startApiServer>>;

function requestOf(
  method: string,
  url: string,
  options: CallOptions,
  warnings: string[],
  signal: AbortSignal,
  audit: Record<string, string> = {},
): ApiRequest {
  const [path = '', search = ''] = url.split('?');
  const query = new URLSearchParams(search);
  const { body } = options;
  return {
    info: readRequestInfo(method, path, query),
    method,
    query,
    user: authenticated(options.user ?? admin),
    userAgent: 'test/1',
    accept: options.accept ?? 'application/json',
    contentType: options.contentType ?? 'application/json',
    body:
      body === undefined
        ? { type: 'none' }
        : { type: 'bytes', bytes: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) },
    lifetime: { signal },
    warn: (text) => void warnings.push(text),
    auditAnnotations: { add: (key, value) => void (audit[key] ??= value) },
  };
}

async function callServer(server: Server, method: string, path: string, options: CallOptions): Promise<CallResult> {
  const warnings: string[] = [];
  const audit: Record<string, string> = {};
  const request = requestOf(method, path, options, warnings, AbortSignal.timeout(10_000), audit);
  try {
    const answer = await server.handle(request);
    if (answer.type === 'refused-watch') throw answer.error;
    if (answer.type === 'hijacked' || answer.type === 'watch') throw new Error(`${path} answers with a stream`);
    if (answer.type === 'raw') return result(answer.status, await rawText(answer.body), { warnings, audit });
    const negotiated = negotiate(request.accept, { pretty: false });
    const { pieces } = await render(answer, { negotiated, query: request.query, nowMs: systemClock.now() });
    return result(answer.type === 'list' ? 200 : answer.status, joinPieces(pieces).toString('utf8'), {
      warnings,
      audit,
    });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return result(error.code, JSON.stringify(error.toStatus()), { warnings, audit });
  }
}

async function rawText(body: string | Uint8Array | AsyncIterable<Uint8Array>): Promise<string> {
  if (typeof body === 'string' || body instanceof Uint8Array) return Buffer.from(body).toString('utf8');
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

function result(status: number, text: string, told: Pick<CallResult, 'warnings' | 'audit'>): CallResult {
  const body = text.startsWith('{') ? (JSON.parse(text) as JsonObject) : {};
  return { status, body, text, ...told };
}

function hold(server: Server, path: string, user: User): Promise<() => Promise<void>> {
  const request = requestOf('GET', path, { user }, [], new AbortController().signal);
  return new Promise((resolve, reject) => {
    const deliver = (): Promise<Delivered> =>
      new Promise((delivered) => {
        resolve(async () => {
          delivered({ status: 200 });
          await answered;
        });
      });
    const answered = server.handle(request, deliver);
    answered.catch(reject);
  });
}

async function startWatch(server: Server, path: string): Promise<TestWatch> {
  const stopping = new AbortController();
  const lines: WatchLine[] = [];
  let wake: () => void = () => undefined;
  const request = requestOf('GET', path, {}, [], stopping.signal);
  const answer = await server.handle(request);
  if (answer.type === 'refused-watch') throw answer.error;
  if (answer.type !== 'watch') throw new Error(`${path} answers with no watch`);
  const output = {
    write: (chunk: Buffer | string) => {
      for (const line of String(chunk).split('\n')) if (line !== '') lines.push(JSON.parse(line) as WatchLine);
      wake();
    },
    queuedBytes: () => 0,
    drop: () => undefined,
    end: () => wake(),
  };
  const negotiated = negotiate('application/json', { pretty: false, watch: true });
  const { lifetime, query } = request;
  const ended = streamWatch(output, { ...answer, negotiated, query, now: systemClock.now, signal: lifetime.signal });
  return {
    async events(count) {
      const deadline = AbortSignal.timeout(5000);
      while (lines.length < count && !deadline.aborted) {
        await new Promise<void>((resolve) => {
          wake = resolve;
          deadline.addEventListener('abort', () => resolve(), { once: true });
        });
      }
      return lines;
    },
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}

/** Reads a member by its path, such as `metadata.name`. */
export function at(value: Json | undefined, path: string): Json | undefined {
  let inner = value;
  for (const step of path.split('.')) {
    inner = typeof inner === 'object' && inner !== null ? (inner as JsonObject)[step] : undefined;
  }
  return inner;
}

import assert from 'node:assert/strict';
import { createServer as createHttp1Server, type Server } from 'node:https';
import { createSecureServer, type Http2SecureServer, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { ApiError } from '../api/api-error.ts';
import { ConfigMaps, Namespaces, Pods } from '../api/resources.ts';
import { createCertificate } from '../base/certificate.ts';
import { systemClock } from '../base/clock.ts';
import { createHttpClient, type HttpClient, type HttpClientOptions } from './http-client.ts';

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Sent piece by piece; then the answer stays open. */
  readonly stream?: readonly string[];
  readonly end?: boolean;
}

const certificate = { cert: '', key: '' };

before(() => {
  const now = Date.now();
  const validity = { notBeforeMs: now - 60_000, notAfterMs: now + 3_600_000 };
  const made = createCertificate({ commonName: 'test', hosts: ['127.0.0.1'], usage: 'server', ...validity });
  certificate.cert = made.certificate;
  certificate.key = made.key;
});

const closing: (() => void)[] = [];
after(() => {
  for (const close of closing) close();
});

interface TestServer {
  readonly asked: readonly Asked[];
  readonly sessions: Set<ServerHttp2Session>;
  readonly url: string;
}

/** A server that answers with what the function says. */
async function serve(
  answer: (asked: Asked, count: number) => Answer,
  options: { readonly http1?: boolean; readonly maxStreams?: number } = {},
): Promise<TestServer> {
  const asked: Asked[] = [];
  const sessions = new Set<ServerHttp2Session>();
  const server: Http2SecureServer | Server = options.http1
    ? createHttp1Server(certificate)
    : createSecureServer({ ...certificate, settings: { maxConcurrentStreams: options.maxStreams ?? 100 } });
  server.on('session', (session: ServerHttp2Session) => sessions.add(session));
  const pieces = new Map<object, string>();
  // Both kinds of server give requests with the same members here.
  (server as Server).on('request', (request, response) => {
    request.setEncoding('utf8');
    pieces.set(request, '');
    request.on('data', (piece: string) => pieces.set(request, (pieces.get(request) ?? '') + piece));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const one = { method, path: url, headers, body: pieces.get(request) ?? '' };
      asked.push(one);
      const { status = 200, headers: more, body, stream, end } = answer(one, asked.length);
      response.writeHead(status, { 'content-type': 'application/json', ...more });
      if (stream === undefined) return response.end(JSON.stringify(body ?? {}));
      for (const piece of stream) response.write(piece);
      if (end === true) response.end();
      return undefined;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    for (const session of sessions) session.destroy();
    server.close();
    if ('closeAllConnections' in server) server.closeAllConnections();
  });
  return { asked, sessions, url: `https://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function clientOf(server: TestServer, options: Partial<HttpClientOptions> = {}): HttpClient {
  const tls = { ca: certificate.cert };
  const client = createHttpClient({ server: server.url, clock: systemClock, tls, ...options });
  closing.push(() => client.close());
  return client;
}

const status = (code: number, reason: string, message: string) => ({
  status: code,
  body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code },
});

test('HttpClient asks with the method, path, query and body of each verb', async () => {
  const server = await serve(() => ({ body: { metadata: {}, items: null } }));
  const client = clientOf(server);
  const ref = { namespace: 'shop', name: 'a b' };
  const object = { metadata: { namespace: 'shop', name: 'web' }, data: { k: 'v' } };
  await client.get(ConfigMaps, ref);
  await client.get(Namespaces, { name: 'shop', namespace: 'ignored' });
  await client.list(Pods, { labelSelector: 'app in (a,b)', limit: 5 });
  await client.create(ConfigMaps, object, { dryRun: true, fieldManager: 'me', fieldValidation: 'Strict' });
  await client.patch(ConfigMaps, { namespace: 'shop', name: 'web' }, { type: 'apply', value: object, force: true });
  await client.patch(Pods, ref, { type: 'json', operations: [] }, { subresource: 'status' });
  await client.delete(Pods, ref, { gracePeriodSeconds: 0, uid: 'u' });
  await client.delete(Pods, ref);
  await client.deleteCollection(Pods, { namespace: 'shop', labelSelector: 'a=b' }, { propagationPolicy: 'Orphan' });
  await client.createSubresource(Pods, ref, 'eviction', { kind: 'Eviction' });
  assert.deepEqual(
    server.asked.map(({ method, path, headers, body }) => [method, path, headers['content-type'] ?? '', body]),
    [
      ['GET', '/api/v1/namespaces/shop/configmaps/a%20b', '', ''],
      ['GET', '/api/v1/namespaces/shop', '', ''],
      ['GET', '/api/v1/pods?labelSelector=app+in+%28a%2Cb%29&limit=5', '', ''],
      [
        'POST',
        '/api/v1/namespaces/shop/configmaps?dryRun=All&fieldManager=me&fieldValidation=Strict',
        'application/json',
        '{"metadata":{"namespace":"shop","name":"web"},"data":{"k":"v"},"apiVersion":"v1","kind":"ConfigMap"}',
      ],
      [
        'PATCH',
        '/api/v1/namespaces/shop/configmaps/web?force=true',
        'application/apply-patch+yaml',
        '{"metadata":{"namespace":"shop","name":"web"},"data":{"k":"v"}}',
      ],
      ['PATCH', '/api/v1/namespaces/shop/pods/a%20b/status', 'application/json-patch+json', '[]'],
      [
        'DELETE',
        '/api/v1/namespaces/shop/pods/a%20b',
        'application/json',
        '{"apiVersion":"v1","kind":"DeleteOptions","gracePeriodSeconds":0,"preconditions":{"uid":"u"}}',
      ],
      ['DELETE', '/api/v1/namespaces/shop/pods/a%20b', '', ''],
      [
        'DELETE',
        '/api/v1/namespaces/shop/pods?labelSelector=a%3Db',
        'application/json',
        '{"apiVersion":"v1","kind":"DeleteOptions","propagationPolicy":"Orphan"}',
      ],
      ['POST', '/api/v1/namespaces/shop/pods/a%20b/eviction', 'application/json', '{"kind":"Eviction"}'],
    ],
  );
  assert.equal(server.sessions.size, 1);
});

for (const http1 of [false, true]) {
  const over = http1 ? 'HTTP/1.1' : 'HTTP/2';

  test(`HttpClient.list() names the kind of each item over ${over}`, async () => {
    const body = { kind: 'PodList', apiVersion: 'v1', metadata: {}, items: [{ metadata: { name: 'a' } }] };
    const client = clientOf(await serve(() => ({ body }), { http1 }));
    const { items } = await client.list(Pods);
    assert.deepEqual(items, [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } }]);
  });

  test(`HttpClient throws the Status as ApiError over ${over}`, async () => {
    const client = clientOf(await serve(() => status(404, 'NotFound', 'pods "x" not found'), { http1 }));
    await assert.rejects(client.get(Pods, { namespace: 'default', name: 'x' }), (error) => {
      assert.ok(error instanceof ApiError);
      assert.deepEqual([error.reason, error.code, error.message], ['NotFound', 404, 'pods "x" not found']);
      return true;
    });
    assert.equal(await client.find(Pods, { namespace: 'default', name: 'x' }), undefined);
  });

  test(`HttpClient.watch() decodes events however they are cut, until the server ends it, over ${over}`, async () => {
    const event = (name: string) => JSON.stringify({ type: 'ADDED', object: { metadata: { name } } });
    const text = `${event('a')}\n${event('ü')}\n${event('c')}\n`;
    const stream = [text.slice(0, 20), text.slice(20, 70), `${text.slice(70)}{"type":"ADD`];
    const client = clientOf(await serve(() => ({ stream, end: true }), { http1 }));
    const names: string[] = [];
    for await (const { object } of client.watch(Pods, { signal: new AbortController().signal })) {
      names.push((object as { metadata: { name: string } }).metadata.name);
    }
    assert.deepEqual(names, ['a', 'ü', 'c']);
  });

  test(`HttpClient.watch() ends quietly when the signal aborts, over ${over}`, async () => {
    const stream = ['{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"5"}}}\n'];
    const client = clientOf(await serve(() => ({ stream }), { http1 }));
    const stop = new AbortController();
    let events = 0;
    for await (const event of client.watch(Pods, { signal: stop.signal })) {
      assert.equal(event.type, 'BOOKMARK');
      events++;
      stop.abort();
    }
    assert.equal(events, 1);
  });

  test(`HttpClient asks again when the server wants it later, only where that is harmless, over ${over}`, async () => {
    const busy = { ...status(429, 'TooManyRequests', 'busy'), headers: { 'retry-after': '0' } };
    const away = { ...status(503, 'ServiceUnavailable', 'away'), headers: { 'retry-after': '0' } };
    const server = await serve((_, count) => (count === 3 || count === 6 ? {} : count < 6 ? busy : away), { http1 });
    const client = clientOf(server);
    const pod = { metadata: { namespace: 'default', name: 'x' } };
    await client.get(Pods, pod.metadata);
    assert.equal(server.asked.length, 3);
    // What found no room was not begun.
    await client.create(Pods, pod);
    assert.equal(server.asked.length, 6);
    await assert.rejects(client.create(Pods, pod), /away/);
    assert.equal(server.asked.length, 7);
  });
}

test('HttpClient opens further sessions when watches fill the first', async () => {
  const stream = ['{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"5"}}}\n'];
  const server = await serve(() => ({ stream }), { maxStreams: 3 });
  const client = clientOf(server);
  const stop = new AbortController();
  const first = Array.from({ length: 8 }, async () => {
    const events = client.watch(Pods, { signal: stop.signal })[Symbol.asyncIterator]();
    await events.next();
    return events;
  });
  const watches = await Promise.all(first);
  assert.equal(server.sessions.size, 3);
  stop.abort();
  for (const watch of watches) assert.equal((await watch.next()).done, true);
});

test('HttpClient goes on with a new session after GOAWAY and after a lost connection', async () => {
  const server = await serve((_, count) => ({ body: { count } }));
  const client = clientOf(server);
  const ref = { namespace: 'default', name: 'x' };
  await client.get(Pods, ref);
  for (const session of server.sessions) session.goaway();
  await client.get(Pods, ref);
  for (const session of server.sessions) session.destroy();
  await client.get(Pods, ref);
  assert.equal(server.asked.length, 3);
});

test('HttpClient.watch() ends when the connection is lost', async () => {
  const stream = ['{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"5"}}}\n'];
  const server = await serve(() => ({ stream }));
  const client = clientOf(server);
  const events: string[] = [];
  for await (const { type } of client.watch(Pods, { signal: new AbortController().signal })) {
    events.push(type);
    for (const session of server.sessions) session.destroy();
  }
  assert.deepEqual(events, ['BOOKMARK']);
});

test('HttpClient says so when an answer is cut off', async () => {
  const client = clientOf(await serve(() => ({ stream: ['{"metadata":{'], end: true })));
  await assert.rejects(client.get(Namespaces, { name: 'x' }), /^Error: Cannot read the answer of 13 bytes/);
});

test('HttpClient renews a rejected token once', async () => {
  const server = await serve(({ headers }) =>
    headers['authorization'] === 'Bearer new' ? {} : status(401, 'Unauthorized', 'Unauthorized'),
  );
  const credential = { authorization: async (rejected: boolean) => (rejected ? 'Bearer new' : 'Bearer old') };
  await clientOf(server, { credential }).get(Pods, { namespace: 'default', name: 'x' });
  assert.equal(server.asked.length, 2);
  await assert.rejects(
    clientOf(server, { token: 'old' }).get(Pods, { namespace: 'default', name: 'x' }),
    /Unauthorized/,
  );
});

test('HttpClient acts for another user when told to, and says who it is', async () => {
  const server = await serve(() => ({}));
  const impersonate = { user: 'jane', groups: ['dev', 'ops'] };
  await clientOf(server, { impersonate, userAgent: 'mine/1' }).get(Namespaces, { name: 'x' });
  const headers = server.asked[0]?.headers ?? {};
  assert.equal(headers['impersonate-user'], 'jane');
  assert.equal(headers['impersonate-group'], 'dev, ops');
  assert.equal(headers['user-agent'], 'mine/1');
});

test('HttpClient says which server it cannot reach', async () => {
  const client = createHttpClient({ server: 'https://127.0.0.1:1', clock: systemClock });
  await assert.rejects(client.get(Namespaces, { name: 'x' }), (error: Error) => {
    assert.match(error.message, /^Cannot ask the API server at "https:\/\/127.0.0.1:1" to GET/);
    assert.match(String(error.cause), /ECONNREFUSED/);
    return true;
  });
});

test('HttpClient refuses a server whose certificate it does not trust', async () => {
  const client = createHttpClient({ server: (await serve(() => ({}))).url, clock: systemClock });
  await assert.rejects(client.get(Namespaces, { name: 'x' }), (error: Error) => {
    assert.match(String(error.cause), /self-signed certificate/);
    return true;
  });
});

test('HttpClient gives up a request that is not answered in time', async () => {
  const server = await serve(() => ({ stream: ['{'] }));
  const client = clientOf(server, { timeoutMs: 50 });
  await assert.rejects(client.get(Namespaces, { name: 'x' }));
});

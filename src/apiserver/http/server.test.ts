import assert from 'node:assert/strict';
import { connect as connectHttp2 } from 'node:http2';
import { request as httpsRequest } from 'node:https';
import { after, before, test } from 'node:test';
import type { IncomingMessage } from 'node:http';
import { adminToken, startTestServer, type TestServer } from '../testing/test-server.ts';

const configMaps = '/api/v1/namespaces/default/configmaps';

let server: TestServer;
before(async () => void (server = await startTestServer()));
after(() => server.close());

interface Sent {
  readonly method?: string;
  readonly path: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Received {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

function open(sent: Sent, received: (response: IncomingMessage) => void, failed: (error: Error) => void) {
  const headers = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json', ...sent.headers };
  const request = httpsRequest({
    host: '127.0.0.1',
    port: server.port,
    path: sent.path,
    method: sent.method ?? 'GET',
    headers,
    agent: false,
    rejectUnauthorized: false,
  });
  request.on('response', received);
  request.on('error', failed);
  return request;
}

function send(sent: Sent): Promise<Received> {
  return new Promise((resolve, reject) => {
    const received = (response: IncomingMessage): void => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    };
    open(sent, received, reject).end(sent.body);
  });
}

test('the server answers half a JSON with what is wrong, and the next request as ever', async () => {
  const half = await send({
    method: 'POST',
    path: configMaps,
    body: '{"apiVersion":"v1","kind":"ConfigMap","metadata"',
  });
  assert.equal(half.status, 400);
  assert.match(half.text, /unexpected end of JSON input/);
  assert.equal((await send({ path: '/readyz' })).text, 'ok');
});

test('the server refuses a body of 4 MB and stores nothing of it', async () => {
  const body = JSON.stringify({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'big' },
    data: { x: 'x'.repeat(4 * 1024 * 1024) },
  });
  const refused = await send({
    method: 'POST',
    path: configMaps,
    body,
    headers: { 'content-length': `${body.length}` },
  });
  assert.equal(refused.status, 413);
  assert.match(refused.text, /"reason":"RequestEntityTooLarge"/);
  assert.equal((await send({ path: `${configMaps}/big` })).status, 404);
});

test('the server tells who may not ask that, before it tells that they sent too much', async () => {
  const body = 'x'.repeat(4 * 1024 * 1024);
  const headers = { authorization: '', 'content-length': `${body.length}` };
  assert.equal((await send({ method: 'POST', path: configMaps, body, headers })).status, 403);
});

test('every answer says that it is not to be kept, and bears a number', async () => {
  const wrong = { authorization: 'Bearer wrong' };
  for (const [path, headers] of [
    ['/nothing', {}],
    ['/healthz', {}],
    ['/version', {}],
    ['/metrics', {}],
    [`${configMaps}/none`, {}],
    [configMaps, wrong],
  ] as const) {
    const answer = await send({ path, headers });
    assert.equal(answer.headers['cache-control'], 'no-cache, private', path);
    assert.match(String(answer.headers['audit-id']), /^[0-9a-f-]{36}$/, path);
  }
});

test('what is refused before it is understood bears a number too', async () => {
  for (const sent of [{ path: '/api/v1/watch' }, { path: configMaps, headers: { 'impersonate-group': 'g' } }]) {
    assert.match(String((await send(sent)).headers['audit-id']), /^[0-9a-f-]{36}$/, sent.path);
  }
});

test('browsers are not to guess what plain errors are', async () => {
  for (const path of ['/nothing', '/readyz/nothing', '/api/v1/watch']) {
    assert.equal((await send({ path })).headers['x-content-type-options'], 'nosniff', path);
  }
});

test('figures are packed for scrapers that take it so', async () => {
  const { headers } = await send({ path: '/metrics', headers: { 'accept-encoding': 'gzip' } });
  assert.equal(headers['content-encoding'], 'gzip');
});

test('the server forgets a client that hangs up in a watch', async () => {
  await new Promise<void>((resolve, reject) => {
    const path = `${configMaps}?watch=1`;
    const received = (response: IncomingMessage): void => {
      assert.equal(response.statusCode, 200);
      request.destroy();
      resolve();
    };
    const request = open({ path }, received, reject);
    request.end();
  });
  const body = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'after-hang-up' } });
  assert.equal((await send({ method: 'POST', path: configMaps, body })).status, 201);
});

test('the server knows who asks: a token, nobody, or somebody wrong', async () => {
  assert.equal((await send({ path: configMaps })).status, 200);
  assert.equal((await send({ path: configMaps, headers: { authorization: 'Bearer wrong' } })).status, 401);
  const nobody = await send({ path: configMaps, headers: { authorization: '' } });
  assert.equal(nobody.status, 403);
  assert.match(nobody.text, /User \\"system:anonymous\\" cannot list resource/);
});

test('the server lets an administrator act as somebody else', async () => {
  const as = (user: string) => send({ path: configMaps, headers: { 'impersonate-user': user } });
  const alice = await as('alice');
  assert.equal(alice.status, 403);
  assert.match(alice.text, /User \\"alice\\" cannot list/);
  const headers = { 'impersonate-user': 'alice', 'impersonate-group': 'system:masters' };
  assert.equal((await send({ path: configMaps, headers })).status, 200);
});

test('the server says what methods and paths there are not', async () => {
  const cases: readonly (readonly [string, string, number])[] = [
    ['HEAD', configMaps, 405],
    ['HEAD', '/healthz', 200],
    ['POST', '/api/v1', 405],
    ['OPTIONS', configMaps, 405],
    ['GET', '/nothing', 404],
    ['GET', '//api/v1/pods', 404],
    ['GET', '/api/v1/watch', 500],
    ['GET', '/apis/nobody.example.com/v1/things', 404],
    ['GET', '/api/v1/pods/a/b/c/d', 404],
  ];
  for (const [method, path, status] of cases) {
    assert.equal((await send({ method, path })).status, status, `${method} ${path}`);
  }
});

test('the server writes for people who look with curl, and escapes what browsers would run', async () => {
  const body = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'p' }, data: { x: '<b>' } });
  const pretty = await send({
    method: 'POST',
    path: `${configMaps}?dryRun=All`,
    body,
    headers: { 'user-agent': 'curl/8' },
  });
  assert.match(pretty.text, /^\{\n {2}"kind": "ConfigMap",\n/);
  assert.match(pretty.text, /"x": "\\u003cb\\u003e"/);
});

test('the server sends warnings as headers', async () => {
  const body = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'w' }, extra: 1 });
  const { headers } = await send({ method: 'POST', path: `${configMaps}?dryRun=All`, body });
  assert.equal(headers['warning'], '299 - "unknown field \\"extra\\""');
});

test('the server speaks HTTP/2 on the same port', async () => {
  const session = connectHttp2(`https://127.0.0.1:${server.port}`, { rejectUnauthorized: false });
  try {
    const stream = session.request({ ':path': '/version', authorization: `Bearer ${adminToken}` });
    const status = await new Promise((resolve, reject) => {
      stream.on('response', (headers) => resolve(headers[':status']));
      stream.on('error', reject);
    });
    stream.close();
    assert.equal(status, 200);
  } finally {
    session.close();
  }
});

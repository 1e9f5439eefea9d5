/** Bad input gets Kubernetes' own error, the next client is served as before, and nothing that was kept is lost. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { request, type RequestOptions } from 'node:https';
import { connect } from 'node:tls';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startTestCluster, type TestCluster } from './cluster.ts';

let cluster: TestCluster;
let credentials: { readonly ca: string; readonly cert: string; readonly key: string };

before(async () => {
  cluster = await startTestCluster({ runtime: 'simulated' });
  const file = (name: string): Promise<string> => readFile(join(cluster.dataDirectory, 'certificates', name), 'utf8');
  credentials = { ca: await file('ca.crt'), cert: await file('admin.crt'), key: await file('admin.key') };
  await cluster.kubectl(['create', 'configmap', 'kept', '--from-literal=a=1']);
});

after(async () => {
  assert.equal(await cluster.kubectl(['get', 'configmap', 'kept', '-o', 'jsonpath={.data.a}']), '1');
  assert.doesNotMatch(cluster.output(), / error /);
  await cluster.remove();
});

interface Answer {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
}

const configMaps = '/api/v1/namespaces/default/configmaps';

async function ask(method: string, path: string, body = '', options: RequestOptions = {}): Promise<Answer> {
  const headers = { 'content-type': 'application/json', ...options.headers };
  const call = request({ ...credentials, host: '127.0.0.1', port: cluster.port, method, path, ...options, headers });
  call.on('error', () => undefined); // the server may hang up before it has read everything
  call.end(body);
  const [response] = (await once(call, 'response')) as [AsyncIterable<Buffer> & { statusCode: number }];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  const status = (text.startsWith('{') ? JSON.parse(text) : { message: text }) as { reason?: string; message?: string };
  return { code: response.statusCode, reason: status.reason ?? '', message: status.message ?? '' };
}

const named = (name: string, more = ''): string =>
  `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"${name}"}${more}}`;

test('what is not as it should be is refused with the reason', async () => {
  const huge = 'x'.repeat(4_000_000);
  const outdated = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"kept","resourceVersion":"1"}}';
  const cases: readonly (readonly [string, string, string, number, string, RegExp])[] = [
    ['POST', configMaps, '{"apiVersion":"v1","kind":"Conf', 400, 'BadRequest', /unexpected (EOF|end)|JSON/i],
    ['POST', configMaps, '', 400, 'BadRequest', /./],
    ['POST', configMaps, named('Upper'), 422, 'Invalid', /metadata\.name: Invalid value: "Upper"/],
    ['POST', configMaps, named('big', `,"data":{"k":"${huge}"}`), 413, 'RequestEntityTooLarge', /limit is 3145728/],
    ['POST', configMaps, named('kept'), 409, 'AlreadyExists', /configmaps "kept" already exists/],
    [
      'POST',
      `${configMaps}?fieldValidation=Strict`,
      named('odd', ',"dada":{}'),
      400,
      'BadRequest',
      /unknown field "dada"/,
    ],
    ['POST', configMaps, named('x').replace('ConfigMap', 'Secret'), 400, 'BadRequest', /Secret/],
    ['POST', '/api/v1/namespaces/missing/configmaps', named('x'), 404, 'NotFound', /namespaces "missing" not found/],
    ['PUT', `${configMaps}/kept`, named('other'), 400, 'BadRequest', /does not match/],
    ['PUT', `${configMaps}/missing`, named('missing'), 404, 'NotFound', /configmaps "missing" not found/],
    ['PUT', `${configMaps}/kept`, outdated, 409, 'Conflict', /the object has been modified; please apply your changes/],
    ['GET', `${configMaps}/missing`, '', 404, 'NotFound', /configmaps "missing" not found/],
    ['GET', '/apis/example.com/v1/things', '', 404, '', /^404 page not found\n$/],
    ['PATCH', `${configMaps}/kept`, '{}', 415, 'UnsupportedMediaType', /./],
    ['POST', `${configMaps}/kept`, named('kept'), 405, 'MethodNotAllowed', /./],
    ['GET', `${configMaps}?limit=x`, '', 400, 'BadRequest', /./],
    ['GET', `${configMaps}?labelSelector=a%3D%3D%3Db`, '', 400, 'BadRequest', /./],
  ];
  for (const [method, path, body, code, reason, message] of cases) {
    const answer = await ask(method, path, body);
    const what = `${method} ${path} ${body.slice(0, 60)} → ${JSON.stringify(answer).slice(0, 300)}`;
    assert.equal(answer.code, code, what);
    assert.equal(answer.reason, reason, what);
    assert.match(answer.message, message, what);
  }
});

test('strangers may ask for health and the version alone', async () => {
  const stranger = { cert: undefined, key: undefined };
  const refused = await ask('GET', configMaps, '', stranger);
  assert.deepEqual([refused.code, refused.reason], [403, 'Forbidden']);
  assert.match(refused.message, /User "system:anonymous" cannot list resource "configmaps"/);
  const badToken = await ask('GET', configMaps, '', { ...stranger, headers: { authorization: 'Bearer wrong' } });
  assert.deepEqual([badToken.code, badToken.reason], [401, 'Unauthorized']);
  assert.equal((await ask('GET', '/readyz', '', stranger)).code, 200);
});

test('clients that hang up in the middle, or talk something else, disturb nobody', async () => {
  const port = cluster.port;
  for (let count = 0; count < 20; count++) {
    const watch = request({ ...credentials, host: '127.0.0.1', port, path: `${configMaps}?watch=true`, agent: false });
    watch.on('error', () => undefined).end();
    await once(watch, 'response');
    watch.destroy();
    const half = request({ ...credentials, host: '127.0.0.1', port, method: 'POST', path: configMaps, agent: false });
    half.on('error', () => undefined).setHeader('content-length', '1000');
    half.write('{"apiVersion"');
    await once(half, 'socket').then(() => half.destroy());
    await talkNonsense(port);
  }
  await cluster.kubectl(['get', 'configmaps']);
});

function talkNonsense(port: number): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ ...credentials, host: '127.0.0.1', port }, () => socket.end('\0\u0001 nonsense\r\n\r\n'));
    socket.on('error', () => undefined).on('close', () => resolve());
    socket.resume();
  });
}

test('kubectl shows what is wrong with a manifest', async () => {
  const { tryKubectl } = cluster;
  const pod = (spec: string): string => `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":${spec}}`;
  const cases: readonly (readonly [string, RegExp])[] = [
    [pod('{"containers":[]}'), /The Pod "p" is invalid: spec\.containers: Required value/],
    [
      pod('{"containers":[{"name":"c","image":"i","imagePullPolice":"x"}]}'),
      /unknown field "spec\.containers\[0\]\.imagePullPolice"/,
    ],
    [
      pod('{"containers":[{"name":"c","image":"i","ports":[{"containerPort":99999}]}]}'),
      /must be between 1 and 65535, inclusive/,
    ],
    ['{"apiVersion":"v9","kind":"Pod","metadata":{"name":"p"}}', /no matches for kind "Pod" in version "v9"/],
  ];
  for (const [manifest, message] of cases) {
    const { status, stderr } = await tryKubectl(['apply', '-f', '-'], { input: manifest });
    assert.equal(status, 1, manifest);
    assert.match(stderr, message);
  }
});

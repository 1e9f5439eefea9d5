import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { define } from '../testing/define.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

const group = '/apis/paths.example.com/v1';
const things = `${group}/namespaces/default/things`;

let server: TestServer;
before(async () => {
  server = await startTestServer();
  const version = { subresources: { status: {} } };
  await define(server, { group: 'paths.example.com', plural: 'things', kind: 'Thing', version });
  await server.ok('POST', things, { apiVersion: 'paths.example.com/v1', kind: 'Thing', metadata: { name: 'a' } });
});
after(() => server.close());

test('customHandler() answers by the meaning of a request, and says in its own words what there is not', async () => {
  const unsupported = (verb: string): string =>
    `${verb} is not supported on resources of kind "things.paths.example.com"`;
  const cases: readonly (readonly [string, string, number, string])[] = [
    ['OPTIONS', `${things}/a`, 405, unsupported('')],
    ['POST', `${things}/a/status`, 405, unsupported('create')],
    ['DELETE', `${things}/a/status`, 405, unsupported('delete')],
    ['GET', `${things}/a/scale`, 404, 'things.paths.example.com "a" not found'],
    ['PUT', things, 400, 'name must be provided'],
  ];
  for (const [method, path, status, message] of cases) {
    const answer = await server.call(method, path, { body: '{}' });
    assert.equal(answer.status, status, path);
    assert.equal(answer.body['message'], message, path);
  }
  assert.equal((await server.call('HEAD', `${things}/a`)).status, 200);
});

test('isCustomPath() lets lists and watches alone through without a namespace', async () => {
  assert.equal((await server.call('GET', `${group}/things`)).status, 200);
  for (const [method, path] of [
    ['DELETE', `${group}/things`],
    ['POST', `${group}/things`],
    ['GET', `${group}/things/a`],
  ] as const) {
    assert.equal((await server.call(method, path, { body: '{}' })).text, '404 page not found\n', `${method} ${path}`);
  }
});

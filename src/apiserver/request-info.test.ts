import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRequestInfo, RequestInfoError } from './request-info.ts';

const read = (method: string, url: string) => {
  const [path = '', query = ''] = url.split('?');
  return readRequestInfo(method, path, new URLSearchParams(query));
};

test('readRequestInfo() reads verbs and targets off methods and paths', () => {
  const cases: readonly (readonly [string, string, string, string])[] = [
    ['GET', '/api/v1/pods', 'list', '//v1/pods//'],
    ['GET', '/api/v1/namespaces/ns/pods?watch=1', 'watch', 'ns//v1/pods//'],
    ['GET', '/api/v1/watch/namespaces/ns/pods', 'watch', 'ns//v1/pods//'],
    ['GET', '/api/v1/namespaces/ns/pods/a/log', 'get', 'ns//v1/pods/a/log'],
    ['DELETE', '/apis/apps/v1/namespaces/ns/deployments', 'deletecollection', 'ns/apps/v1/deployments//'],
    ['PUT', '/api/v1/namespaces/ns/finalize', 'update', '//v1/namespaces/ns/finalize'],
    ['GET', '/api/v1/namespaces/ns/configmaps/a%2Fb', 'get', 'ns//v1/configmaps/a/b'],
    ['OPTIONS', '/api/v1/pods', '', '//v1/pods//'],
    ['GET', '/apis/apps/v1/namespaces/ns', 'get', '/apps/v1/namespaces/ns/'],
    ['GET', '/apis/apps/v1/namespaces/ns/status', 'get', '/apps/v1/namespaces/ns/status'],
    ['GET', '/api/v1/proxy/nodes/n/metrics', 'proxy', '//v1/nodes/n/'],
    ['GET', '/api/v1/proxy/namespaces/ns/pods/a', 'proxy', 'ns//v1/pods/a/'],
    ['GET', '/api/v1//pods', 'get', '//v1//pods/'],
    ['GET', '/api/v1/pods//', 'list', '//v1/pods//'],
  ];
  for (const [method, url, verb, target] of cases) {
    const { resource, ...info } = read(method, url);
    const { namespace = '', group, version, resource: plural, name = '', subresource } = resource ?? {};
    assert.equal(info.verb, verb, url);
    assert.equal([namespace, group, version, plural, name, subresource].join('/'), target, url);
  }
});

test('readRequestInfo() finds no resource in other paths', () => {
  for (const path of ['/', '/healthz', '/api', '/api/v1', '/apis/apps/v1', '//api/v1/pods']) {
    assert.equal(read('GET', path).resource, undefined, path);
  }
});

test('readRequestInfo() says when the verb stands in the path', () => {
  assert.equal(read('GET', '/api/v1/watch/pods').resource?.verbInPath, true);
  assert.equal(read('GET', '/api/v1/pods?watch=1').resource?.verbInPath, undefined);
});

test('readRequestInfo() refuses a watch of nothing and broken escapes', () => {
  for (const path of ['/api/v1/watch', '/api/v1/proxy']) assert.throws(() => read('GET', path), RequestInfoError);
  assert.throws(() => read('GET', '/api/v1/%zz'), URIError);
});

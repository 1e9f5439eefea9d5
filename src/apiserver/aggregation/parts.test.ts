/** The pure parts of the aggregation layer; test/aggregation.test.ts has the whole of it over sockets. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Service } from '../../api/groups/core.v1.ts';
import type { EndpointSlice } from '../../api/groups/discovery.v1.ts';
import { authenticationData } from './authentication-config.ts';
import { mergeSwagger } from './extension-openapi.ts';
import { aggregatedResources } from './fetch-discovery.ts';
import { passedOnHeaders } from './proxy-headers.ts';
import { resolveBackend } from './resolve.ts';

const address = { namespace: 'a', name: 'web', port: 443 };

const service = (spec: object): Service => ({ metadata: { name: 'web' }, spec }) as unknown as Service;
const slice = (addresses: readonly string[], ready: boolean): EndpointSlice =>
  ({
    endpoints: addresses.map((each) => ({ addresses: [each], conditions: { ready } })),
    ports: [{ name: 'https', port: 8443 }],
  }) as unknown as EndpointSlice;

test('resolveBackend() takes a ready endpoint under the name of the service port', () => {
  const https = service({ type: 'ClusterIP', ports: [{ name: 'https', port: 443 }] });
  const slices = [slice(['10.0.0.1'], false), slice(['10.0.0.2', '10.0.0.3'], true)];
  assert.deepEqual(
    resolveBackend(address, https, slices, () => 1),
    { host: '10.0.0.3', port: 8443 },
  );
  assert.throws(() => resolveBackend(address, https, slices.slice(0, 1), () => 0), {
    message: 'no endpoints available for service "web"',
  });
  assert.throws(() => resolveBackend({ ...address, port: 80 }, https, slices, () => 0), {
    message: 'no service port 80 found for service "web"',
  });
  const external = service({ type: 'ExternalName', externalName: 'web.example.com' });
  assert.deepEqual(
    resolveBackend(address, external, [], () => 0),
    { host: 'web.example.com', port: 443 },
  );
});

test('passedOnHeaders() replaces what says who asks, escapes keys, and keeps tokens to itself', () => {
  const received = {
    accept: 'application/json',
    authorization: 'Bearer secret',
    connection: 'keep-alive',
    'x-remote-user': 'mallory',
    'x-remote-extra-scopes': 'all',
    'sec-websocket-protocol': 'v4.channel.k8s.io, base64url.bearer.authorization.k8s.io.c2VjcmV0',
  };
  const user = { name: 'jane', groups: ['devs'], extra: { 'example.com/a b%': ['1', '2'] } };
  assert.deepEqual(passedOnHeaders(received, user, false), {
    accept: 'application/json',
    'sec-websocket-protocol': 'v4.channel.k8s.io',
    'x-remote-user': 'jane',
    'x-remote-group': ['devs'],
    'x-remote-extra-example.com%2Fa%20b%25': ['1', '2'],
  });
  const upgrading = passedOnHeaders({ connection: 'upgrade', upgrade: 'SPDY/3.1' }, user, true);
  assert.equal(upgrading['upgrade'], 'SPDY/3.1');
});

test('aggregatedResources() puts subresources into their resources', () => {
  const entries = [
    { name: 'pods', singularName: 'pod', namespaced: true, kind: 'Pod', verbs: ['get'], shortNames: ['po'] },
    { name: 'pods/eviction', namespaced: true, group: 'policy', version: 'v1', kind: 'Eviction', verbs: ['create'] },
  ];
  assert.deepEqual(aggregatedResources(entries), [
    {
      resource: 'pods',
      responseKind: { group: '', version: '', kind: 'Pod' },
      scope: 'Namespaced',
      singularResource: 'pod',
      verbs: ['get'],
      shortNames: ['po'],
      subresources: [
        {
          subresource: 'eviction',
          responseKind: { group: 'policy', version: 'v1', kind: 'Eviction' },
          verbs: ['create'],
        },
      ],
    },
  ]);
});

test('authenticationData() keeps the authorities of other API servers on the store', () => {
  const pem = (name: string): string => `-----BEGIN CERTIFICATE-----\n${name}\n-----END CERTIFICATE-----\n`;
  const first = authenticationData({ clientCa: pem('A'), frontProxy: undefined }, {});
  assert.deepEqual(first, { 'client-ca-file': pem('A') });
  const second = authenticationData({ clientCa: pem('B'), frontProxy: undefined }, first);
  assert.deepEqual(second, { 'client-ca-file': pem('A') + pem('B') });
  assert.deepEqual(authenticationData({ clientCa: pem('A'), frontProxy: undefined }, second), second);
});

test('mergeSwagger() renames definitions whose name means something else here', () => {
  const ref = (name: string): object => ({ $ref: `#/definitions/${name}` });
  const own = {
    swagger: '2.0',
    paths: { '/api/': {} },
    definitions: { Meta: { type: 'object' }, Same: { type: 'string' } },
  };
  const document = {
    paths: { '/apis/g/v1/things': { get: { schema: ref('Thing') } }, '/version/': {} },
    definitions: {
      Thing: { properties: { meta: ref('Meta'), same: ref('Same') } },
      Meta: { type: 'integer' },
      Same: { type: 'string' },
      Unused: {},
    },
  };
  const extension = {
    name: 'v1.g',
    group: 'g',
    version: 'v1',
    service: address,
    trust: 'system',
    available: true,
  } as const;
  const merged = mergeSwagger(own, [{ extension, document: JSON.parse(JSON.stringify(document)) }]);
  assert.deepEqual(Object.keys(merged['paths'] as object), ['/api/', '/apis/g/v1/things']);
  assert.deepEqual(merged['definitions'], {
    Meta: { type: 'object' },
    Same: { type: 'string' },
    Thing: { properties: { meta: ref('Meta_v2'), same: ref('Same') } },
    Meta_v2: { type: 'integer' },
  });
});

/** An extension API server of our own behind the aggregator: real TLS on both sides, found through a Service and its endpoints. */
import assert from 'node:assert/strict';
import { request as httpsRequest } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { after, before, test } from 'node:test';
import type { Json, JsonObject } from '../src/api/schema.ts';
import { adminToken, alice, at, startTestServer, type TestServer } from '../src/apiserver/testing/test-server.ts';
import { createCertificate, type KeyPair, createPrivateKeyPem } from '../src/base/certificate.ts';
import { eventually } from './eventually.ts';
import { group, startFlunderServer, version, type FlunderServer } from './flunder-server.ts';

const validity = { notBeforeMs: Date.now() - 60_000, notAfterMs: Date.now() + 3_600_000 };
const authority = (commonName: string): KeyPair => createCertificate({ commonName, usage: 'authority', ...validity });
const proxyCa = authority('front-proxy-ca');
const proxyClient = createCertificate({ commonName: 'front-proxy-client', usage: 'client', ...validity }, proxyCa);
const servingCa = authority('wardle-ca');
const servedName = 'wardle.wardle-system.svc';
const serving = createCertificate(
  { commonName: servedName, usage: 'server', hosts: [servedName], ...validity },
  servingCa,
);

const flunders = `/apis/${group}/${version}/namespaces/default/flunders`;
const apiServiceName = `${version}.${group}`;
const apiServicePath = `/apis/apiregistration.k8s.io/v1/apiservices/${apiServiceName}`;

const clientCa = authority('clients');

let server: TestServer;
let wardle: FlunderServer;

before(async () => {
  wardle = await startFlunderServer({
    serving,
    frontProxyCa: proxyCa.certificate,
    allowedNames: ['front-proxy-client'],
    aggregatedDiscovery: true,
  });
  server = await startTestServer({
    proxyClient: { cert: proxyClient.certificate, key: proxyClient.key },
    authentication: {
      serviceAccounts: { signingKey: createPrivateKeyPem() },
      frontProxy: {
        ca: () => proxyCa.certificate,
        allowedNames: ['front-proxy-client'],
        usernameHeaders: ['X-Remote-User'],
        uidHeaders: ['X-Remote-Uid'],
        groupHeaders: ['X-Remote-Group'],
        extraHeaderPrefixes: ['X-Remote-Extra-'],
      },
      clientCa: () => clientCa.certificate,
      tokens: `${adminToken},admin,1,"system:masters"\nbob-token,bob,b-1,"devs,ops"\n`,
    },
  });
});
after(async () => {
  await server.close();
  await wardle.close();
});

interface Received {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

function send(method: string, path: string, body?: object, headers: Record<string, string> = {}): Promise<Received> {
  return new Promise((resolve, reject) => {
    const request = httpsRequest({
      host: '127.0.0.1',
      port: server.port,
      path,
      method,
      headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json', ...headers },
      agent: false,
      rejectUnauthorized: false,
    });
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    request.on('error', reject);
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

async function condition(): Promise<JsonObject> {
  const object = await server.ok('GET', apiServicePath);
  return ((at(object, 'status.conditions') as Json[] | undefined)?.[0] ?? {}) as JsonObject;
}

function untilReason(reason: string): Promise<JsonObject> {
  return eventually(async () => {
    const found = await condition();
    assert.equal(found['reason'], reason, JSON.stringify(found));
    return found;
  });
}

const merge = (path: string, change: object): Promise<JsonObject> =>
  server.ok('PATCH', path, change as Json, 'application/merge-patch+json');

const port = (targetPort: number): object => ({ name: 'https', port: 443, protocol: 'TCP', targetPort });

const slice = (endpointPort: number): JsonObject => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: 'wardle-1', labels: { 'kubernetes.io/service-name': 'wardle' } },
  addressType: 'IPv4',
  endpoints: [{ addresses: ['127.0.0.1'], conditions: { ready: true } }],
  ports: [{ name: 'https', port: endpointPort, protocol: 'TCP' }],
});

test('AggregationUpkeep tells step by step what an APIService lacks, and clients that it is unavailable', async () => {
  await server.ok('POST', '/api/v1/namespaces', { metadata: { name: 'wardle-system' } } as Json);
  await server.ok('POST', '/apis/apiregistration.k8s.io/v1/apiservices', {
    metadata: { name: apiServiceName },
    spec: {
      group,
      version,
      groupPriorityMinimum: 2000,
      versionPriority: 200,
      service: { namespace: 'wardle-system', name: 'wardle' },
      caBundle: Buffer.from(servingCa.certificate).toString('base64'),
    },
  });
  const missing = await untilReason('ServiceNotFound');
  assert.equal(missing['message'], 'service/wardle in "wardle-system" is not present');
  assert.equal(missing['status'], 'False');
  const refused = await send('GET', flunders);
  assert.equal(refused.status, 503);
  assert.equal(refused.text, 'service unavailable\n');
  assert.equal(refused.headers['x-content-type-options'], 'nosniff');

  const service = { metadata: { name: 'wardle' }, spec: { ports: [{ ...port(1), port: 444 }] } };
  await server.ok('POST', '/api/v1/namespaces/wardle-system/services', service as Json);
  const noPort = await untilReason('ServicePortError');
  assert.equal(noPort['message'], 'service/wardle in "wardle-system" is not listening on port 443');
  const path = '/api/v1/namespaces/wardle-system/services/wardle';
  await merge(path, { spec: { ports: [port(1)] } });
  const noSlices = await untilReason('EndpointsNotFound');
  assert.equal(noSlices['message'], 'cannot find endpointslices for service/wardle in "wardle-system"');

  const slices = '/apis/discovery.k8s.io/v1/namespaces/wardle-system/endpointslices';
  await server.ok('POST', slices, { ...slice(1), endpoints: [] });
  const noAddresses = await untilReason('MissingEndpoints');
  assert.equal(
    noAddresses['message'],
    'endpointslices for service/wardle in "wardle-system" have no addresses with port name "https"',
  );
  // Endpoints may not be on this machine; names outside the cluster may.
  await merge(path, { spec: { type: 'ExternalName', externalName: 'localhost', clusterIP: null, clusterIPs: null } });
  await merge(apiServicePath, { spec: { service: { port: 1 } } });
  const silent = await untilReason('FailedDiscoveryCheck');
  const url = `https://localhost:1/apis/${group}/${version}`;
  assert.equal(
    silent['message'],
    `failing or missing response from ${url}: Get "${url}": dial tcp localhost:1: connect: connection refused`,
  );
  await merge(apiServicePath, { spec: { service: { port: wardle.port } } });
  const passed = await untilReason('Passed');
  assert.deepEqual([passed['status'], passed['message']], ['True', 'all checks passed']);
});

test('proxyToExtension() passes requests on in the name of the user, and nothing that a client claims', async () => {
  const created = await send(
    'POST',
    flunders,
    { metadata: { name: 'a' }, spec: { x: 1 } },
    {
      'x-remote-user': 'mallory',
      'x-remote-group': 'system:masters',
      'x-remote-extra-scopes': 'all',
    },
  );
  assert.equal(created.status, 201, created.text);
  assert.equal(created.headers['access-control-allow-origin'], undefined);
  const headers = wardle.received.at(-1) ?? {};
  assert.equal(headers['x-remote-user'], 'admin');
  assert.equal(headers['x-remote-group'], 'system:masters, system:authenticated');
  assert.equal(headers['x-remote-uid'], '1');
  assert.equal(headers['x-remote-extra-scopes'], undefined);
  assert.equal(headers['authorization'], undefined);
  assert.equal(headers['x-forwarded-for'], '127.0.0.1');

  const impersonating = { 'impersonate-user': 'carol', 'impersonate-extra-example.com%2fteam': 'blue' };
  await send('GET', `${flunders}/a?x=%20y&b=1&a=2`, undefined, impersonating);
  assert.equal((await send('GET', `${flunders}/a`, undefined, impersonating)).status, 403);
  const asGroup = { ...impersonating, 'impersonate-group': 'system:masters' };
  assert.equal((await send('GET', `${flunders}/a`, undefined, asGroup)).status, 200);
  const carol = wardle.received.at(-1) ?? {};
  assert.equal(carol['x-remote-user'], 'carol');
  assert.equal(carol['x-remote-extra-example.com%2fteam'], 'blue');
  assert.equal(carol['impersonate-user'], undefined);
  assert.equal((await send('GET', `${flunders}/none`)).status, 404);
});

test('proxyToExtension() asks authorization first', async () => {
  const before = wardle.received.length;
  const refused = await server.call('GET', flunders, { user: alice });
  assert.equal(refused.status, 403);
  assert.match(
    String(refused.body['message']),
    /User "alice" cannot list resource "flunders" in API group "wardle\.example\.com"/,
  );
  assert.equal(wardle.received.length, before);
});

test('proxyToExtension() lets watches flow', async () => {
  const events: string[] = [];
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const request = httpsRequest({
    host: '127.0.0.1',
    port: server.port,
    path: `${flunders}?watch=true`,
    headers: { authorization: `Bearer ${adminToken}` },
    agent: false,
    rejectUnauthorized: false,
  });
  const response = await new Promise<IncomingMessage>((resolveResponse, reject) => {
    request.on('response', resolveResponse).on('error', reject).end();
  });
  response.setEncoding('utf8').on('data', (chunk: string) => events.push(...chunk.trim().split('\n')));
  response.on('close', resolve).on('error', () => undefined);
  await send('POST', flunders, { metadata: { name: 'b' } });
  await send('DELETE', `${flunders}/b`);
  await eventually(() => assert.equal(events.length, 2));
  assert.deepEqual(
    events.map((line) => (JSON.parse(line) as JsonObject)['type']),
    ['ADDED', 'DELETED'],
  );
  request.destroy();
  await ended;
});

/** What is echoed through an upgraded connection, or the status and text of the answer that there was instead. */
function echo(): Promise<string> {
  const request = httpsRequest({
    host: '127.0.0.1',
    port: server.port,
    path: flunders,
    headers: { authorization: `Bearer ${adminToken}`, connection: 'upgrade', upgrade: 'echo' },
    agent: false,
    rejectUnauthorized: false,
  });
  return new Promise((resolve, reject) => {
    request.on('upgrade', (_response, socket) => {
      socket.once('data', (data: Buffer) => {
        socket.destroy();
        resolve(data.toString('utf8'));
      });
      socket.write('hello');
    });
    request.on('response', (response) => {
      let text = `${response.statusCode} `;
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve(text));
    });
    request.on('error', reject);
    request.end();
  });
}

test('proxyToExtension() joins a client that leaves HTTP with the server', async () => {
  assert.equal(await echo(), 'hello');
});

test('discovery and OpenAPI hold what the extension server has', async () => {
  const groups = ((await server.ok('GET', '/apis'))['groups'] as Json[]).map((each) => at(each, 'name'));
  assert.equal(groups.at(-1), group, groups.join());
  assert.equal(at(await server.ok('GET', `/apis/${group}`), 'preferredVersion.groupVersion'), `${group}/${version}`);
  const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
  const served = await eventually(async () => {
    const items = (await server.call('GET', '/apis', { accept })).body['items'] as Json[];
    const versions = at(
      items.find((each) => at(each, 'metadata.name') === group),
      'versions',
    ) as Json[];
    assert.equal(at(versions[0], 'freshness'), 'Current');
    return versions[0];
  });
  assert.equal(at((at(served, 'resources') as Json[])[0], 'responseKind.kind'), 'Flunder');

  const paths = (await server.ok('GET', '/openapi/v3'))['paths'] as JsonObject;
  assert.ok(paths[`apis/${group}/${version}`] !== undefined && paths['api/v1'] !== undefined);
  const v3 = await server.ok('GET', `/openapi/v3/apis/${group}/${version}`);
  assert.ok(at(v3, 'components.schemas') !== undefined);
  const v2 = await server.ok('GET', '/openapi/v2');
  const v2Paths = Object.keys(v2['paths'] as JsonObject);
  assert.ok(v2Paths.includes(`/apis/${group}/${version}/namespaces/{namespace}/flunders`));
  assert.ok(!v2Paths.includes('/healthz'));
  assert.ok((v2['definitions'] as JsonObject)['com.example.wardle.v1alpha1.Flunder'] !== undefined);
});

test('a server whose certificate does not fit the bundle is not passed anything', async () => {
  const change = (caBundle: string): Promise<unknown> =>
    merge(apiServicePath, { spec: { caBundle: Buffer.from(caBundle).toString('base64') } });
  const before = wardle.received.length;
  await change(proxyCa.certificate);
  const refused = await send('GET', flunders);
  assert.equal(refused.status, 503);
  assert.equal(
    refused.text,
    'error trying to reach service: tls: failed to verify certificate: x509: certificate signed by unknown authority\n',
  );
  assert.equal(wardle.received.length, before);
  await change(servingCa.certificate);
  await eventually(async () => assert.equal((await send('GET', flunders)).status, 200));
});

test('publishAuthentication() says how extension servers know the front proxy', async () => {
  const { data } = await server.ok(
    'GET',
    '/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication',
  );
  const found = data as Record<string, string>;
  assert.deepEqual(Object.keys(found).toSorted(), [
    'client-ca-file',
    'requestheader-allowed-names',
    'requestheader-client-ca-file',
    'requestheader-extra-headers-prefix',
    'requestheader-group-headers',
    'requestheader-uid-headers',
    'requestheader-username-headers',
  ]);
  assert.equal(found['requestheader-client-ca-file'], proxyCa.certificate);
  assert.equal(found['requestheader-allowed-names'], '["front-proxy-client"]');
  assert.equal(found['requestheader-username-headers'], '["X-Remote-User"]');
});

test('AggregationUpkeep registers custom resources, puts right what is changed, and takes them away again', async () => {
  const definition = {
    metadata: { name: 'gears.machines.example.com' },
    spec: {
      group: 'machines.example.com',
      scope: 'Namespaced',
      names: { plural: 'gears', singular: 'gear', kind: 'Gear', listKind: 'GearList' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
    },
  };
  const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  await server.ok('POST', definitions, definition);
  const path = '/apis/apiregistration.k8s.io/v1/apiservices/v1.machines.example.com';
  const made = await eventually(() => server.ok('GET', path));
  assert.equal((at(made, 'metadata.labels') as JsonObject)['kube-aggregator.kubernetes.io/automanaged'], 'true');
  assert.equal(at(made, 'spec.groupPriorityMinimum'), 1000);
  assert.equal(at((at(made, 'status.conditions') as Json[])[0], 'reason'), 'Local');
  await merge(path, { spec: { versionPriority: 7 } });
  await eventually(async () => assert.equal(at(await server.ok('GET', path), 'spec.versionPriority'), 100));
  await server.call('DELETE', path);
  await eventually(() => server.ok('GET', path));
  await server.call('DELETE', `${definitions}/gears.machines.example.com`);
  await eventually(async () => assert.equal((await server.call('GET', path)).status, 404));
});

test('an extension server that went away leaves its group in discovery, as stale', async () => {
  await wardle.close();
  await merge(apiServicePath, { metadata: { labels: { look: 'again' } } });
  await untilReason('FailedDiscoveryCheck');
  const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
  const items = (await server.call('GET', '/apis', { accept })).body['items'] as Json[];
  const versions = at(
    items.find((each) => at(each, 'metadata.name') === group),
    'versions',
  ) as Json[];
  assert.equal(at(versions[0], 'freshness'), 'Stale');
  assert.equal((await send('GET', flunders)).text, 'service unavailable\n');
  assert.equal(await echo(), '503 service unavailable\n');
  const { text } = await server.call('GET', '/metrics');
  assert.match(text, /^aggregator_unavailable_apiservice\{name="v1alpha1\.wardle\.example\.com"\} 1$/m);
  await server.call('DELETE', apiServicePath);
  assert.equal((await send('GET', flunders)).text, '404 page not found\n');
});

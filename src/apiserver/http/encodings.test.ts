/** Encodings over real sockets: what clients get for what they ask for. */
import assert from 'node:assert/strict';
import { request as httpsRequest } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { readProtobuf } from '../../api/codec/read-protobuf.ts';
import { unwrapProtobuf } from '../../api/codec/unwrap-protobuf.ts';
import { encodeProtobuf } from '../../api/codec/write-protobuf.ts';
import { APIGroupDiscoveryList } from '../../api/groups/apidiscovery.v2.ts';
import { ConfigMap } from '../../api/groups/core.v1.ts';
import {
  APIGroupList,
  APIResourceList,
  PartialObjectMetadata,
  PartialObjectMetadataList,
  Status,
  WatchEvent,
} from '../../api/groups/meta.v1.ts';
import { listOf } from '../../api/kind.ts';
import type { KindType } from '../../api/message.ts';
import type { JsonObject } from '../../api/schema.ts';
import { adminToken, startTestServer, type TestServer } from '../testing/test-server.ts';

const configMaps = '/api/v1/namespaces/default/configmaps';
const protobuf = 'application/vnd.kubernetes.protobuf';
const metadataOnly = (kind: string): string => `${protobuf};as=${kind};g=meta.k8s.io;v=v1`;

let server: TestServer;
before(async () => {
  server = await startTestServer();
  const configMap = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a', labels: { x: 'y' } },
    data: { k: 'v' },
  };
  await server.ok('POST', configMaps, configMap);
});
after(() => server.close());

interface Sent {
  readonly method?: string;
  readonly body?: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Received {
  readonly status: number;
  readonly type: string;
  readonly headers: IncomingMessage['headers'];
  readonly bytes: Buffer;
}

function get(path: string, accept: string, { method = 'GET', body, headers }: Sent = {}): Promise<Received> {
  return new Promise((resolve, reject) => {
    const request = httpsRequest({
      host: '127.0.0.1',
      port: server.port,
      path,
      method,
      agent: false,
      rejectUnauthorized: false,
      headers: { authorization: `Bearer ${adminToken}`, accept, ...headers },
    });
    request.on('error', reject);
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const type = String(response.headers['content-type']);
        const bytes = Buffer.concat(chunks);
        resolve({ status: response.statusCode ?? 0, type, headers: response.headers, bytes });
      });
    });
    request.end(body);
  });
}

function read(type: KindType, bytes: Uint8Array): JsonObject {
  const { apiVersion, kind, message } = unwrapProtobuf(bytes);
  return { apiVersion, kind, ...readProtobuf(type, message) };
}

test('the server answers an object and a list in protobuf', async () => {
  const one = await get(`${configMaps}/a`, protobuf);
  assert.deepEqual([one.status, one.type], [200, protobuf]);
  const object = read(ConfigMap, one.bytes);
  assert.deepEqual([object['apiVersion'], object['kind'], object['data']], ['v1', 'ConfigMap', { k: 'v' }]);
  const many = await get(configMaps, `${protobuf}, */*`);
  const list = read(listOf(ConfigMap), many.bytes);
  assert.equal(list['kind'], 'ConfigMapList');
  const names = (list['items'] as readonly JsonObject[]).map(({ metadata }) => (metadata as JsonObject)['name']);
  assert.ok(names.includes('a'));
});

test('the server takes protobuf and answers what it made of it', async () => {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'sent' }, binaryData: { b: 'AP8=' } };
  const body = encodeProtobuf(ConfigMap, object);
  const created = await get(configMaps, protobuf, { method: 'POST', body, headers: { 'content-type': protobuf } });
  assert.equal(created.status, 201);
  assert.deepEqual(read(ConfigMap, created.bytes)['binaryData'], { b: 'AP8=' });
});

test('the server answers metadata alone in protobuf', async () => {
  const one = read(PartialObjectMetadata, (await get(`${configMaps}/a`, metadataOnly('PartialObjectMetadata'))).bytes);
  assert.deepEqual([one['apiVersion'], one['kind']], ['meta.k8s.io/v1', 'PartialObjectMetadata']);
  assert.deepEqual((one['metadata'] as JsonObject)['labels'], { x: 'y' });
  const many = await get(configMaps, metadataOnly('PartialObjectMetadataList'));
  assert.ok((read(PartialObjectMetadataList, many.bytes)['items'] as readonly unknown[]).length > 0);
  const wrong = await get(`${configMaps}/a`, metadataOnly('PartialObjectMetadataList'));
  assert.equal(wrong.status, 406);
});

test('the server streams a watch in frames of protobuf', async () => {
  const path = `${configMaps}?watch=1&timeoutSeconds=1&fieldSelector=metadata.name%3Da&allowWatchBookmarks=true`;
  for (const [accept, type] of [
    [`${protobuf};stream=watch`, ConfigMap],
    [metadataOnly('PartialObjectMetadata'), PartialObjectMetadata],
  ] as const) {
    const { type: contentType, bytes } = await get(path, accept);
    assert.equal(contentType, `${protobuf};stream=watch`);
    const length = bytes.readUInt32BE(0);
    const frame = readFrame(bytes.subarray(4, 4 + length));
    assert.equal(frame.type, 'ADDED');
    const object = read(type, frame.object);
    assert.deepEqual([object['kind'], (object['metadata'] as JsonObject)['name']], [type.kind, 'a']);
  }
});

/** Both fields of a WatchEvent; its object is no JSON. */
function readFrame(frame: Buffer): { readonly type: string; readonly object: Buffer } {
  const typeLength = frame[1] ?? 0;
  const magicAt = frame.indexOf('k8s\0');
  assert.equal(WatchEvent.fields['object']?.number, (frame[2 + typeLength] ?? 0) >>> 3);
  return { type: frame.toString('latin1', 2, 2 + typeLength), object: frame.subarray(magicAt) };
}

test('the server answers errors in protobuf', async () => {
  const { status, type, bytes } = await get(`${configMaps}/nobody`, protobuf);
  assert.deepEqual([status, type], [404, protobuf]);
  assert.equal(read(Status, bytes)['message'], 'configmaps "nobody" not found');
});

test('the server does nothing for a client that cannot take the answer', async () => {
  const body = Buffer.from(JSON.stringify({ metadata: { name: 'never' } }));
  const refused = await get(configMaps, 'image/png', { method: 'POST', body });
  assert.equal(refused.status, 406);
  assert.equal((await get(`${configMaps}/never`, 'application/json')).status, 404);
});

test('the server knows custom resources in protobuf by their metadata alone', async () => {
  const names = { plural: 'odds', singular: 'odd', kind: 'Odd', listKind: 'OddList' };
  const openAPIV3Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const version = { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } };
  await server.ok('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'odds.example.com' },
    spec: { group: 'example.com', scope: 'Cluster', names, versions: [version] },
  });
  const odds = '/apis/example.com/v1/odds';
  const deadline = Date.now() + 10_000;
  while ((await get(odds, 'application/json')).status === 404 && Date.now() < deadline);
  await server.ok('POST', odds, { apiVersion: 'example.com/v1', kind: 'Odd', metadata: { name: 'o' } });
  const refused = await get(`${odds}/o`, protobuf);
  assert.deepEqual([refused.status, refused.type], [406, protobuf]);
  assert.match(String(read(Status, refused.bytes)['message']), /^only the following media types are accepted: /);
  assert.equal((await get(`${odds}/o`, `${protobuf}, */*`)).type, 'application/json');
  const metadata = read(PartialObjectMetadata, (await get(`${odds}/o`, metadataOnly('PartialObjectMetadata'))).bytes);
  assert.equal((metadata['metadata'] as JsonObject)['name'], 'o');
  const body = encodeProtobuf(ConfigMap, { apiVersion: 'example.com/v1', kind: 'Odd', metadata: { name: 'p' } });
  const sent = await get(odds, 'application/json', { method: 'POST', body, headers: { 'content-type': protobuf } });
  assert.equal(sent.status, 400);
  assert.match(
    sent.bytes.toString(),
    /unstructured\.Unstructured does not implement the protobuf marshalling interface/,
  );
});

test('the server tells in protobuf what there is', async () => {
  const groups = read(APIGroupList, (await get('/apis', protobuf)).bytes)['groups'] as readonly JsonObject[];
  assert.ok(groups.some(({ name }) => name === 'apps'));
  const apps = read(APIResourceList, (await get('/apis/apps/v1', protobuf)).bytes);
  const deployments = (apps['resources'] as readonly JsonObject[]).find(({ name }) => name === 'deployments');
  assert.ok((deployments?.['verbs'] as readonly string[] | undefined)?.includes('watch'));
  const all = await get('/apis', `${protobuf};g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList`);
  assert.equal(all.type, `${protobuf};g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList`);
  assert.ok((read(APIGroupDiscoveryList, all.bytes)['items'] as readonly unknown[]).length > 10);
  const headers = { 'if-none-match': String(all.headers['etag']) };
  assert.equal(
    (await get('/apis', 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList', { headers })).status,
    304,
  );
});

test('the server packs large answers for clients that take gzip', async () => {
  const data = { x: 'x'.repeat(200_000) };
  await server.ok('POST', configMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'large' }, data });
  const headers = { 'accept-encoding': 'deflate, gzip' };
  for (const accept of ['application/json', protobuf]) {
    const plain = await get(configMaps, accept);
    const packed = await get(configMaps, accept, { headers });
    assert.deepEqual([plain.headers['content-encoding'], packed.headers['content-encoding']], [undefined, 'gzip']);
    assert.deepEqual(gunzipSync(packed.bytes), plain.bytes);
    assert.equal(packed.headers['vary'], 'Accept-Encoding');
  }
  const small = await get(`${configMaps}/a`, 'application/json', { headers });
  assert.equal(small.headers['content-encoding'], undefined);
  assert.equal((await get('/openapi/v2', 'application/json', { headers })).headers['content-encoding'], 'gzip');
});

test('the server keeps OpenAPI documents under their hashes', async () => {
  const json = 'application/json';
  const index = JSON.parse((await get('/openapi/v3', json)).bytes.toString()) as {
    readonly paths: Readonly<Record<string, { readonly serverRelativeURL: string }>>;
  };
  assert.deepEqual(Object.keys(index.paths), Object.keys(index.paths).toSorted());
  const address = index.paths['apis/apps/v1']?.serverRelativeURL ?? '';
  const document = await get(address, json);
  assert.deepEqual([document.status, document.headers['cache-control']], [200, 'public, immutable']);
  const headers = { 'if-none-match': String(document.headers['etag']) };
  assert.equal((await get('/openapi/v3/apis/apps/v1', json, { headers })).status, 304);
  const moved = await get('/openapi/v3/apis/apps/v1?hash=OLD', json);
  assert.deepEqual([moved.status, moved.headers['location']], [301, address]);
  assert.equal((await get('/openapi/v3/version', 'text/html')).status, 406);
  for (const [path, version] of [
    ['/openapi/v3/apis/apps/v1', 'v3'],
    ['/openapi/v2', 'v2'],
  ]) {
    const inJson = await get(String(path), json);
    for (const sign of ['@', '.']) {
      const answer = await get(
        String(path),
        `application/com.github.proto-openapi.spec.${version}${sign}v1.0+protobuf`,
      );
      const contentType = `application/com.github.proto-openapi.spec.${version}.v1.0+protobuf`;
      assert.deepEqual([answer.status, answer.headers['content-type']], [200, contentType]);
      assert.deepEqual([answer.headers['etag'], answer.headers['vary']], [inJson.headers['etag'], 'Accept']);
      assert.ok(answer.bytes.length > 10_000 && answer.bytes.length < inJson.bytes.length);
    }
    for (const known of [String(inJson.headers['etag']), `"x", W/${String(inJson.headers['etag'])}`, '*']) {
      assert.equal((await get(String(path), json, { headers: { 'if-none-match': known } })).status, 304);
    }
  }
});

test('a watch of a version that is gone ends with an event that says so, in the form that was asked for', async () => {
  // What nobody asked for yet is remembered from its first request on.
  const path = '/api/v1/secrets?watch=1&resourceVersion=1';
  const inJson = await get(path, 'application/json');
  assert.deepEqual([inJson.status, inJson.type], [200, 'application/json']);
  const { type, object } = JSON.parse(inJson.bytes.toString()) as {
    readonly type: string;
    readonly object: JsonObject;
  };
  assert.deepEqual([type, object['kind'], object['reason'], object['code']], ['ERROR', 'Status', 'Expired', 410]);
  assert.match(String(object['message']), /^too old resource version: 1 \(\d+\)$/);
  const inProtobuf = await get(path, protobuf);
  assert.deepEqual([inProtobuf.status, inProtobuf.type], [200, `${protobuf};stream=watch`]);
  const frame = readFrame(inProtobuf.bytes.subarray(4));
  assert.deepEqual([frame.type, read(Status, frame.object)['code']], ['ERROR', 410]);
  const table = await get(`${path}&includeObject=Some`, 'application/json;as=Table;g=meta.k8s.io;v=v1');
  assert.deepEqual(
    [table.status, /includeObject: Invalid value: \\"Some\\"/.test(table.bytes.toString())],
    [400, true],
  );
});

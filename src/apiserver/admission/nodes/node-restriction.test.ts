import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { JsonObject } from '../../../api/schema.ts';
import { at, startTestServer, type TestServer } from '../../testing/test-server.ts';
import { referredKind } from './mirror-pod.ts';

const node = { name: 'system:node:n1', groups: ['system:nodes', 'system:authenticated'] };
const account = '/api/v1/namespaces/default/serviceaccounts';
const pods = '/api/v1/namespaces/default/pods';
const slices = '/apis/resource.k8s.io/v1/resourceslices';

let server: TestServer;
before(async () => {
  server = await startTestServer();
  await server.ok('POST', account, { metadata: { name: 'default' } });
  await server.ok('POST', '/apis/storage.k8s.io/v1/csidrivers', {
    metadata: { name: 'csi.io' },
    spec: { tokenRequests: [{ audience: 'vault' }] },
  });
});
after(() => server.close());

/** What a node is told; '' when it may. */
async function told(method: string, path: string, body?: JsonObject, contentType?: string): Promise<string> {
  const given = body === undefined ? {} : { body };
  const result = await server.call(method, path, {
    user: node,
    ...given,
    ...(contentType === undefined ? {} : { contentType }),
  });
  return result.status < 400 ? '' : String(result.body['message']).replace(/^.* is forbidden: /, '');
}

test('a node registers itself without a configuration source, and keeps its owners and taints', async () => {
  const create = (spec: JsonObject, labels: JsonObject = {}) =>
    told('POST', '/api/v1/nodes', { metadata: { name: 'n1', labels }, spec });
  const source = { configMap: { name: 'a', namespace: 'b', kubeletConfigKey: 'k' } };
  assert.equal(
    await create({ configSource: source }),
    'node "n1" is not allowed to create pods with a non-nil configSource',
  );
  assert.equal(
    await create({}, { 'foo.k8s.io/a': 'b' }),
    'node "n1" is not allowed to set the following labels: foo.k8s.io/a',
  );
  assert.equal(await create({}), '');
  const change = (body: JsonObject) =>
    told('PATCH', '/api/v1/nodes/n1', body, 'application/strategic-merge-patch+json');
  const owner = { apiVersion: 'v1', kind: 'Node', name: 'a', uid: 'u' };
  assert.equal(
    await change({ metadata: { ownerReferences: [owner] } }),
    'node "n1" is not allowed to modify ownerReferences',
  );
  assert.equal(
    await change({ spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] } }),
    'node "n1" is not allowed to modify taints',
  );
});

test('referredKind() finds what a pod needs of the API', () => {
  const cases: readonly (readonly [object, string | undefined])[] = [
    [{}, undefined],
    [{ resourceClaims: [{ name: 'a', resourceClaimName: 'b' }] }, 'resourceclaims'],
    [{ volumes: [{ name: 'v', hostPath: { path: '/a' } }] }, undefined],
    [{ volumes: [{ name: 'v', csi: { driver: 'd' } }] }, 'csidrivers (via CSI volumes)'],
    [{ volumes: [{ name: 'v', ephemeral: {} }] }, 'persistentvolumeclaims (via ephemeral volumes)'],
    [{ volumes: [{ name: 'v', projected: { sources: [{ clusterTrustBundle: {} }] } }] }, 'clustertrustbundles'],
  ];
  for (const [spec, kind] of cases) assert.equal(referredKind({ containers: [], ...spec } as never), kind);
});

test('a node gets tokens for its pods and their audiences', async () => {
  const volumes = [
    { name: 't', projected: { sources: [{ serviceAccountToken: { path: 't', audience: 'foo' } }] } },
    { name: 'c', csi: { driver: 'csi.io' } },
  ];
  const spec = { nodeName: 'n1', containers: [{ name: 'c', image: 'i' }] };
  const meant = await server.ok('POST', pods, { metadata: { name: 'v' }, spec: { ...spec, volumes } });
  const lost = [{ name: 'c', csi: { driver: 'none.io' } }];
  const astray = await server.ok('POST', pods, { metadata: { name: 'w' }, spec: { ...spec, volumes: lost } });
  const ask = (pod: JsonObject, audiences: string[]) =>
    told('POST', `${account}/default/token`, {
      spec: {
        audiences,
        boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: at(pod, 'metadata.name'), uid: at(pod, 'metadata.uid') },
      },
    } as JsonObject);
  for (const audiences of [[], ['foo'], ['vault']]) assert.equal(await ask(meant, audiences), '');
  const refused =
    'audience "bar" not found in pod spec volume, system:node:n1 is not authorized to request tokens for this audience';
  assert.equal(await ask(meant, ['bar']), refused);
  assert.equal(await ask(meant, ['foo', 'vault']), 'node may only request 0 or 1 audiences');
  assert.equal(
    await ask(astray, ['foo']),
    'error validating audience "foo": csidriver.storage.k8s.io "none.io" not found',
  );
});

test('a node writes slices of its own devices only, and requests certificates in its own name', async () => {
  const slice = (nodeName: string) => ({
    metadata: { name: 's' },
    spec: { driver: 'd.io', nodeName, pool: { name: 'p', generation: 1, resourceSliceCount: 1 } },
  });
  const refused = 'can only create ResourceSlice with the same NodeName as the requesting node';
  assert.equal(await told('POST', slices, slice('n2')), refused);
  assert.equal(await told('POST', slices, slice('n1')), '');
  const request = { metadata: { name: 'c' }, spec: { request: 'eA==', usages: ['server auth'] } };
  const asked = { ...request, spec: { ...request.spec, signerName: 'kubernetes.io/kubelet-serving' } };
  const answer = await told('POST', '/apis/certificates.k8s.io/v1/certificatesigningrequests', asked);
  assert.equal(answer, 'unable to parse csr: PEM block type must be CERTIFICATE REQUEST');
});

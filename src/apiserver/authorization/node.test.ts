import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { JsonObject } from '../../api/schema.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

const node = { name: 'system:node:n1', groups: ['system:nodes'] };
const pods = '/api/v1/namespaces/default/pods';
const core = '/api/v1/namespaces/default';

let server: TestServer;
before(async () => {
  server = await startTestServer();
  const made = (kind: string, plural: string, name: string, more: JsonObject = {}) =>
    server.ok('POST', `${core}/${plural}`, { apiVersion: 'v1', kind, metadata: { name }, ...more });
  for (const name of ['mine', 'mounted', 'other']) await made('Secret', 'secrets', name);
  await made('ServiceAccount', 'serviceaccounts', 'robot');
  await made('ServiceAccount', 'serviceaccounts', 'default');
  const csi = { driver: 'd', volumeHandle: 'h', nodeStageSecretRef: { namespace: 'default', name: 'mounted' } };
  await server.ok('POST', '/api/v1/persistentvolumes', {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: 'vol' },
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      csi,
      claimRef: { kind: 'PersistentVolumeClaim', namespace: 'default', name: 'claim' },
    },
  });
  await made('PersistentVolumeClaim', 'persistentvolumeclaims', 'claim', {
    spec: { volumeName: 'vol', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  });
  await made('Pod', 'pods', 'web', {
    spec: {
      serviceAccountName: 'robot',
      nodeName: 'n1',
      containers: [{ name: 'c', image: 'i', envFrom: [{ secretRef: { name: 'mine' } }] }],
      volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'claim' } }],
    },
  });
  await made('Pod', 'pods', 'elsewhere', { spec: { nodeName: 'n2', containers: [{ name: 'c', image: 'i' }] } });
});
after(() => server.close());

const status = async (method: string, path: string): Promise<number> =>
  (await server.call(method, path, { user: node })).status;

test('a node reads what its pods refer to, and nothing else', async () => {
  const open = ['secrets/mine', 'secrets/mounted', 'persistentvolumeclaims/claim', 'pods/web', 'serviceaccounts/robot'];
  for (const path of open) assert.equal(await status('GET', `${core}/${path}`), 200, path);
  assert.equal(await status('GET', '/api/v1/persistentvolumes/vol'), 200);
  const shut = [
    'secrets/other',
    'secrets',
    'configmaps/x',
    'pods/elsewhere',
    'serviceaccounts/default',
    'secrets/mine/x',
  ];
  for (const path of shut) assert.equal(await status('GET', `${core}/${path}`), 403, path);
  assert.equal(await status('DELETE', `${core}/secrets/mine`), 403);
  assert.equal(await status('GET', '/api/v1/persistentvolumes'), 403);
});

test('a node lists pods that it selects by its own name, and watches single objects', async () => {
  assert.equal(await status('GET', `/api/v1/pods?fieldSelector=spec.nodeName%3Dn1`), 200);
  for (const path of [
    '/api/v1/pods',
    '/api/v1/pods?fieldSelector=spec.nodeName%3Dn2',
    pods,
    `${pods}?fieldSelector=spec.nodeName!%3Dn1`,
  ]) {
    assert.equal(await status('GET', path), 403, path);
  }
  assert.equal(await status('GET', `${core}/secrets?fieldSelector=metadata.name%3Dmine`), 200);
  assert.equal(await status('GET', `${core}/secrets?fieldSelector=metadata.name%3Dother`), 403);
});

test('a node sees its own Node object, lease and slices, not those of others', async () => {
  assert.equal(await status('GET', '/api/v1/nodes/n1'), 404);
  assert.equal(await status('GET', '/api/v1/nodes/n2'), 403);
  assert.equal(await status('GET', '/api/v1/nodes'), 403);
  const leases = '/apis/coordination.k8s.io/v1/namespaces';
  assert.equal(await status('GET', `${leases}/kube-node-lease/leases/n1`), 404);
  assert.equal(await status('GET', `${leases}/kube-node-lease/leases/n2`), 403);
  assert.equal(await status('GET', `${leases}/default/leases/n1`), 403);
  const slices = '/apis/resource.k8s.io/v1/resourceslices';
  assert.equal(await status('GET', `${slices}?fieldSelector=spec.nodeName%3Dn1`), 200);
  assert.equal(await status('GET', slices), 403);
});

test('a refusal says why', async () => {
  const { body } = await server.call('GET', `${core}/secrets/other`, { user: node });
  assert.equal(
    body['message'],
    'secrets "other" is forbidden: User "system:node:n1" cannot get resource "secrets" in API group "" in the ' +
      'namespace "default": no relationship found between node \'n1\' and this object',
  );
});

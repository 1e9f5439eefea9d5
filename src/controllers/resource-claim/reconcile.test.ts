import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '../../api/groups/core.v1.ts';
import type { ResourceClaim, ResourceClaimTemplate } from '../../api/groups/resource.v1.ts';
import { Pods, ResourceClaims, ResourceClaimTemplates } from '../../api/resources.ts';
import { metadata, pod } from '../testing/objects.ts';
import { runCluster, type TestCluster } from '../testing/run-cluster.ts';
import { claimFromTemplate, planCleanup } from './plan.ts';
import { resourceClaimController } from './reconcile.ts';

const spec = { devices: { requests: [{ name: 'gpu', exactly: { deviceClassName: 'gpu' } }] } };
const template: ResourceClaimTemplate = {
  apiVersion: 'resource.k8s.io/v1',
  kind: 'ResourceClaimTemplate',
  metadata: metadata('gpus'),
  spec: { metadata: { labels: { app: 'x' }, annotations: { note: 'y' } } as never, spec },
};
const allocation = { devices: { results: [{ request: 'gpu', driver: 'd', pool: 'p', device: 'x' }] } };
const using = (name: string, node?: string): Pod =>
  pod(name, {
    phase: 'Pending',
    ...(node === undefined ? {} : { node }),
    spec: { resourceClaims: [{ name: 'gpu', resourceClaimTemplateName: 'gpus' }] },
  });
const claims = ({ api }: TestCluster): readonly ResourceClaim[] => api.all(ResourceClaims);

test('resourceClaimController makes a claim from the template for each pod, and removes it with the pod', async () => {
  await runCluster([resourceClaimController], async (cluster) => {
    const { api, quiet, events } = cluster;
    await api.create(Pods, using('a'));
    await quiet();
    assert.ok(
      events[0]?.startsWith('FailedResourceClaimCreation PodResourceClaim gpu: resource claim template "gpus": '),
    );
    await api.create(ResourceClaimTemplates, template);
    await quiet();
    const [claim, ...none] = claims(cluster);
    assert.ok(claim !== undefined && none.length === 0);
    assert.deepEqual(claim.metadata.labels, { app: 'x' });
    assert.equal(claim.metadata.annotations?.['resource.kubernetes.io/pod-claim-name'], 'gpu');
    assert.equal(claim.metadata.ownerReferences?.[0]?.name, 'a');
    const { status } = await api.get(Pods, { namespace: 'default', name: 'a' });
    assert.deepEqual(status.resourceClaimStatuses, [{ name: 'gpu', resourceClaimName: claim.metadata.name }]);
    await api.delete(Pods, { namespace: 'default', name: 'a' }, { gracePeriodSeconds: 0 });
    await quiet();
    assert.deepEqual(claims(cluster), []);
  });
});

test('resourceClaimController reserves for pods that have a node, and gives back what the last of them used', async () => {
  await runCluster([resourceClaimController], async (cluster) => {
    const { api, quiet } = cluster;
    const shared: ResourceClaim = {
      apiVersion: 'resource.k8s.io/v1',
      kind: 'ResourceClaim',
      metadata: metadata('shared', { finalizers: ['resource.kubernetes.io/delete-protection'] }),
      spec,
      status: {},
    };
    const created = await api.create(ResourceClaims, shared);
    await api.updateStatus(ResourceClaims, { ...created, status: { allocation } });
    const resourceClaims = [{ name: 'gpu', resourceClaimName: 'shared' }];
    await api.create(Pods, pod('a', { node: 'n', spec: { resourceClaims } }));
    await quiet();
    const users = () => (claims(cluster)[0]?.status.reservedFor ?? []).map(({ name }) => name);
    assert.deepEqual(users(), ['a']);
    const running = await api.get(Pods, { namespace: 'default', name: 'a' });
    await api.updateStatus(Pods, { ...running, status: { ...running.status, phase: 'Succeeded' } });
    await quiet();
    assert.deepEqual(users(), []);
    assert.equal(claims(cluster)[0]?.status.allocation, undefined);
    assert.deepEqual(claims(cluster)[0]?.metadata.finalizers, []);
  });
});

test('planCleanup() keeps the allocation while somebody uses it', () => {
  const reservedFor = ['a', 'b'].map((name) => ({ resource: 'pods', name, uid: `uid-${name}` }));
  const claim: ResourceClaim = {
    apiVersion: 'resource.k8s.io/v1',
    kind: 'ResourceClaim',
    metadata: metadata('c', { finalizers: ['resource.kubernetes.io/delete-protection'] }),
    spec,
    status: { allocation, reservedFor },
  };
  const plan = planCleanup({ claim, gone: new Set(['uid-a']), isOrphan: true });
  assert.deepEqual(plan.status?.status, { allocation, reservedFor: reservedFor.slice(1) });
  assert.deepEqual([plan.finalizers, plan.remove], [undefined, undefined]);
  assert.deepEqual(planCleanup({ claim, gone: new Set(), isOrphan: false }), {});
  const unused = { ...claim, status: { allocation } };
  assert.deepEqual(planCleanup({ claim: unused, gone: new Set(), isOrphan: false }), {});
});

test('claimFromTemplate() shortens long names in proportion', () => {
  const { metadata: made } = claimFromTemplate(using('p'.repeat(60)), 'claim', template);
  const { generateName } = made as { generateName: string };
  assert.equal(generateName, `${'p'.repeat(51)}-clai`);
});

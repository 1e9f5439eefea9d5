import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../api/kind.ts';
import { ConfigMaps } from '../../api/resources.ts';
import type { MemoryApi } from '../testing/memory-api.ts';
import { runCluster } from '../testing/run-cluster.ts';
import { garbageCollector } from './reconcile.ts';

async function make(api: MemoryApi, name: string, ...owners: readonly KubeObject[]) {
  const ownerReferences = owners.map(({ metadata: { name: owner, uid } }) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    name: owner,
    uid,
    blockOwnerDeletion: true,
  }));
  return api.create(ConfigMaps, { metadata: { name, namespace: 'default', ownerReferences } });
}

const names = (api: MemoryApi) => api.all(ConfigMaps).map(({ metadata }) => metadata.name);

test('garbageCollector deletes in the background what has lost its owners, down to the last', async () => {
  await runCluster([garbageCollector], async ({ api, quiet }) => {
    const top = await make(api, 'top');
    const other = await make(api, 'other');
    const middle = await make(api, 'middle', top);
    await make(api, 'low', middle);
    await make(api, 'shared', top, other);
    await quiet();
    assert.equal(names(api).length, 5);
    await api.delete(ConfigMaps, top.metadata);
    await quiet();
    assert.deepEqual(names(api), ['other', 'shared']);
    const shared = await api.get(ConfigMaps, { namespace: 'default', name: 'shared' });
    assert.deepEqual(
      shared.metadata.ownerReferences?.map(({ name }) => name),
      ['other'],
    );
  });
});

test('garbageCollector deletes in the foreground dependents first', async () => {
  await runCluster([garbageCollector], async ({ api, quiet }) => {
    const top = await make(api, 'top');
    const held = await make(api, 'held', top);
    await api.update(ConfigMaps, { ...held, metadata: { ...held.metadata, finalizers: ['example.com/hold'] } });
    await quiet();
    await api.delete(ConfigMaps, top.metadata, { propagationPolicy: 'Foreground' });
    await quiet();
    assert.deepEqual(names(api), ['top', 'held']);
    const going = await api.get(ConfigMaps, held.metadata);
    assert.ok(going.metadata.deletionTimestamp);
    await api.update(ConfigMaps, { ...going, metadata: { ...going.metadata, finalizers: [] } });
    await quiet();
    assert.deepEqual(names(api), []);
  });
});

test('garbageCollector makes orphans when asked to', async () => {
  await runCluster([garbageCollector], async ({ api, quiet }) => {
    const top = await make(api, 'top');
    await make(api, 'low', top);
    await quiet();
    await api.delete(ConfigMaps, top.metadata, { propagationPolicy: 'Orphan' });
    await quiet();
    assert.deepEqual(names(api), ['low']);
    assert.deepEqual((await api.get(ConfigMaps, { namespace: 'default', name: 'low' })).metadata.ownerReferences, []);
  });
});

test('garbageCollector finds at its start what lost its owner before', async () => {
  await runCluster([garbageCollector], async ({ api, quiet }) => {
    const top = await make(api, 'top');
    await api.delete(ConfigMaps, top.metadata);
    await make(api, 'late', top);
    await quiet();
    assert.deepEqual(names(api), []);
  });
});

test('garbageCollector tells of an owner that is in another namespace', async () => {
  await runCluster([garbageCollector], async ({ api, quiet, events }) => {
    const far = await api.create(ConfigMaps, { metadata: { name: 'far', namespace: 'other' } });
    await make(api, 'low', far);
    await quiet();
    assert.deepEqual(names(api), ['far']);
    const owner = `[v1/ConfigMap, namespace: default, name: far, uid: ${far.metadata.uid}]`;
    assert.deepEqual(
      [...new Set(events)],
      [`OwnerRefInvalidNamespace ownerRef ${owner} does not exist in namespace "default"`],
    );
  });
});

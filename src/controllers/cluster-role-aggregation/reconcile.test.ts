import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClusterRoles } from '../../api/resources.ts';
import { clusterRole } from '../testing/objects.ts';
import { runCluster } from '../testing/run-cluster.ts';
import { clusterRoleAggregationController } from './reconcile.ts';

const selecting = (label: string) => ({
  aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [label]: 'true' } }] },
});
const pods = { verbs: ['get'], apiGroups: [''], resources: ['pods'] };

test('clusterRoleAggregationController hands rules on from role to role, and takes them back', async () => {
  await runCluster([clusterRoleAggregationController], async ({ api, quiet }) => {
    const rulesOf = async (name: string) => (await api.get(ClusterRoles, { name })).rules;
    await api.create(ClusterRoles, { ...clusterRole('edit', [], { 'to-admin': 'true' }), ...selecting('to-edit') });
    await api.create(ClusterRoles, { ...clusterRole('admin', []), ...selecting('to-admin') });
    await api.create(ClusterRoles, clusterRole('part', [pods], { 'to-edit': 'true' }));
    await quiet();
    assert.deepEqual(await rulesOf('edit'), [pods]);
    assert.deepEqual(await rulesOf('admin'), [pods]);
    await api.delete(ClusterRoles, { name: 'part' });
    await quiet();
    assert.deepEqual(await rulesOf('edit'), []);
    assert.deepEqual(await rulesOf('admin'), []);
  });
});

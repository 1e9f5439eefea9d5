import { ClusterRoles } from '../../api/resources.ts';
import { testCuts } from '../testing/cut-at-every-write.ts';
import { clusterRole } from '../testing/objects.ts';
import { clusterRoleAggregationController } from './reconcile.ts';

const selecting = (label: string) => ({
  aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [label]: 'true' } }] },
});
const pods = { verbs: ['get'], apiGroups: [''], resources: ['pods'] };
const nodes = { verbs: ['get'], apiGroups: [''], resources: ['nodes'] };

testCuts('clusterRoleAggregationController hands rules on and takes them back', {
  controllers: [clusterRoleAggregationController],
  play: async ({ api, quiet }) => {
    await api.create(ClusterRoles, { ...clusterRole('edit', [], { 'to-admin': 'true' }), ...selecting('to-edit') });
    await api.create(ClusterRoles, { ...clusterRole('admin', []), ...selecting('to-admin') });
    await api.create(ClusterRoles, clusterRole('part', [pods], { 'to-edit': 'true' }));
    await quiet();
    await api.create(ClusterRoles, clusterRole('more', [nodes], { 'to-admin': 'true' }));
    await quiet();
    await api.delete(ClusterRoles, { name: 'part' });
    await quiet();
  },
});

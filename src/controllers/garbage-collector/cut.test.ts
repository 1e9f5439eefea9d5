import type { KubeObject } from '../../api/kind.ts';
import { ConfigMaps } from '../../api/resources.ts';
import { testCuts } from '../testing/cut-at-every-write.ts';
import type { MemoryApi } from '../testing/memory-api.ts';
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

for (const propagationPolicy of ['Background', 'Foreground', 'Orphan'] as const) {
  testCuts(`garbageCollector finishes a deletion (${propagationPolicy})`, {
    controllers: [garbageCollector],
    play: async ({ api, quiet, clock }) => {
      const top = await make(api, 'top');
      const other = await make(api, 'other');
      const middle = await make(api, 'middle', top);
      await make(api, 'low', middle);
      await make(api, 'shared', top, other);
      await quiet();
      await api.delete(ConfigMaps, top.metadata, { propagationPolicy });
      await quiet();
      clock.advance(1000);
      await quiet();
    },
  });
}

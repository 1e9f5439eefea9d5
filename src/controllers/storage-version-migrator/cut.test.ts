import { ConfigMaps, StorageVersionMigrations } from '../../api/resources.ts';
import { testCuts } from '../testing/cut-at-every-write.ts';
import { storageVersionMigrator } from './reconcile.ts';

testCuts('storageVersionMigrator writes objects back', {
  controllers: [storageVersionMigrator],
  play: async ({ api, quiet }) => {
    for (const name of ['a', 'b', 'c']) await api.create(ConfigMaps, { metadata: { name, namespace: 'default' } });
    const spec = { resource: { group: '', resource: 'configmaps' } };
    await api.create(StorageVersionMigrations, { metadata: { name: 'm' }, spec });
    await quiet();
  },
});

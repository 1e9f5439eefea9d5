import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError } from '../../api/api-error.ts';
import { ConfigMaps, StorageVersionMigrations } from '../../api/resources.ts';
import { runCluster } from '../testing/run-cluster.ts';
import { storageVersionMigrator } from './reconcile.ts';

const migrating = (resource: string, group = '') => ({
  metadata: { name: 'm' },
  spec: { resource: { group, resource } },
});

test('storageVersionMigrator writes every object back once and says so', async () => {
  await runCluster([storageVersionMigrator], async ({ api, quiet }) => {
    for (const name of ['a', 'b']) await api.create(ConfigMaps, { metadata: { name, namespace: 'default' } });
    const before = api.version;
    await api.create(StorageVersionMigrations, migrating('configmaps'));
    await quiet();
    const { status } = await api.get(StorageVersionMigrations, { name: 'm' });
    assert.equal(status.resourceVersion, String(before + 1));
    assert.deepEqual(
      status.conditions?.map(({ type, status: holds, reason }) => `${type}=${holds} ${reason}`),
      ['Running=False StorageVersionMigrationInProgress', 'Succeeded=True StorageVersionMigrationSucceeded'],
    );
    const versions = api.all(ConfigMaps).map(({ metadata }) => Number(metadata.resourceVersion));
    assert.deepEqual(versions, [before + 4, before + 5]);
  });
});

test('storageVersionMigrator fails a migration of what is not served for a minute', async () => {
  await runCluster([storageVersionMigrator], async ({ api, clock, quiet }) => {
    await api.create(StorageVersionMigrations, migrating('foos', 'example.com'));
    await quiet();
    assert.equal((await api.get(StorageVersionMigrations, { name: 'm' })).status.conditions, undefined);
    clock.advance(66_000);
    await quiet();
    const [condition] = (await api.get(StorageVersionMigrations, { name: 'm' })).status.conditions ?? [];
    assert.equal(condition?.type, 'Failed');
    assert.equal(condition?.message, 'migration encountered unhandled error: unable to obtain GVR from discovery');
  });
});

test('storageVersionMigrator tells why the server refuses an object', async () => {
  await runCluster([storageVersionMigrator], async ({ api, quiet }) => {
    await api.create(ConfigMaps, { metadata: { name: 'a', namespace: 'default' } });
    api.patch = () => Promise.reject(new ApiError('Forbidden', 'configmaps "a" is forbidden: not today'));
    await api.create(StorageVersionMigrations, migrating('configmaps'));
    await quiet();
    const { status } = await api.get(StorageVersionMigrations, { name: 'm' });
    assert.deepEqual(
      status.conditions?.map(({ type, status: holds, message }) => [type, holds, message]),
      [
        ['Running', 'False', ''],
        ['Failed', 'True', 'migration encountered unhandled error: configmaps "a" is forbidden: not today'],
      ],
    );
  });
});

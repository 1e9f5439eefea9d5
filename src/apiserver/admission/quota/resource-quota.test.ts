import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { isApiError } from '../../../api/api-error.ts';
import type { Draft } from '../../../api/descriptor.ts';
import type { ResourceQuota } from '../../../api/groups/core.v1.ts';
import type { KubeObject } from '../../../api/kind.ts';
import { descriptors } from '../../../api/kinds/descriptors.ts';
import { ConfigMaps, ResourceQuotas } from '../../../api/resources.ts';
import { virtualClock } from '../../../base/clock.ts';
import { silentLog } from '../../../base/log.ts';
import { openEmbeddedStore } from '../../../store/embedded/open.ts';
import { storedBytes } from '../../registry/entry.ts';
import { ServedResources } from '../../registry/served-resources.ts';
import { storageKey } from '../../registry/served.ts';
import type { Admitted } from '../admission.ts';
import { createResourceQuota } from './resource-quota.ts';

const uid = '00000000-0000-4000-8000-000000000000';
const clock = virtualClock();

interface Cluster {
  used(): string | undefined;
  /** As one of two API servers would. */
  create(name: string, dryRun?: boolean, server?: 0 | 1): Promise<void>;
}

async function clusterWith(context: TestContext, bound: string): Promise<Cluster> {
  const store = await openEmbeddedStore({ directory: ':memory:', clock, log: silentLog });
  const served = new ServedResources(store, descriptors);
  context.after(async () => {
    served.close();
    await store.close();
  });
  const quotas = served.of(ResourceQuotas);
  const metadata = { name: 'q', namespace: 'n', uid, resourceVersion: '', creationTimestamp: '2026-01-01T00:00:00Z' };
  const hard = { configmaps: bound };
  const quota = {
    kind: 'ResourceQuota',
    apiVersion: 'v1',
    metadata,
    spec: { hard },
    status: { hard, used: { configmaps: '0' } },
  };
  const key = storageKey(quotas, 'n', 'q');
  const value = storedBytes(quota as unknown as KubeObject);
  await store.transact([], [{ type: 'put', key, value }]);
  const plugins = [createResourceQuota(quotas, store, clock), createResourceQuota(quotas, store, clock)] as const;
  return {
    used: () => (quotas.cache.get(key)?.object as unknown as ResourceQuota | undefined)?.status.used?.['configmaps'],
    async create(name, dryRun = false, server = 0) {
      const object = { kind: 'ConfigMap', apiVersion: 'v1', metadata: { ...metadata, name } };
      const request: Admitted = {
        operation: 'CREATE',
        served: served.of(ConfigMaps),
        namespace: 'n',
        name,
        subresource: '',
        object: object as unknown as Draft<KubeObject>,
        old: undefined,
        options: {},
        user: { name: 'ann', groups: [] },
        dryRun,
        warn: () => undefined,
      };
      await plugins[server].validate?.(request);
    },
  };
}

test('createResourceQuota() lets no more through than the quota has, however many come at once', async (context) => {
  const cluster = await clusterWith(context, '5');
  const results = await Promise.allSettled(Array.from({ length: 20 }, (_, index) => cluster.create(`c${index}`)));
  assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 5);
  assert.equal(cluster.used(), '5');
  const refused = results.find((result) => result.status === 'rejected')?.reason as unknown;
  assert.ok(isApiError(refused, 'Forbidden'));
  assert.match(
    refused.message,
    /exceeded quota: q, requested: configmaps=1, used: configmaps=5, limited: configmaps=5$/,
  );
});

test('createResourceQuota() counts nothing in a dry run, and still refuses', async (context) => {
  const cluster = await clusterWith(context, '1');
  await cluster.create('a', true);
  assert.equal(cluster.used(), '0');
  await cluster.create('a');
  await assert.rejects(cluster.create('b', true), /exceeded quota/);
});

test('createResourceQuota() charges anew when another server wrote the quota meanwhile', async (context) => {
  const cluster = await clusterWith(context, '10');
  await Promise.all([cluster.create('a', false, 0), cluster.create('b', false, 1), cluster.create('c', false, 0)]);
  assert.equal(cluster.used(), '3');
});

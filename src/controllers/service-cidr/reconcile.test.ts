import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IPAddress, ServiceCIDR } from '../../api/groups/networking.v1.ts';
import { IPAddresses, ServiceCIDRs } from '../../api/resources.ts';
import { metadata } from '../testing/objects.ts';
import { runCluster, type TestCluster } from '../testing/run-cluster.ts';
import { serviceCidrController } from './reconcile.ts';

function range(name: string, ...cidrs: readonly string[]): ServiceCIDR {
  const { namespace: _, ...own } = metadata(name);
  return { apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR', metadata: own, spec: { cidrs }, status: {} };
}

function address(name: string): IPAddress {
  const { namespace: _, ...own } = metadata(name);
  const parentRef = { group: '', resource: 'services', namespace: 'default', name: 'web' };
  return { apiVersion: 'networking.k8s.io/v1', kind: 'IPAddress', metadata: own, spec: { parentRef } };
}

const ready = ({ api }: TestCluster, name: string) =>
  api
    .all(ServiceCIDRs)
    .find(({ metadata: own }) => own.name === name)
    ?.status.conditions?.find(({ type }) => type === 'Ready');

test('serviceCidrController makes a range ready and lets it go when no address of it is in use', async () => {
  await runCluster([serviceCidrController], async (cluster) => {
    const { api, clock, quiet } = cluster;
    await api.create(ServiceCIDRs, range('extra', '10.200.0.0/24'));
    await quiet();
    assert.deepEqual(api.all(ServiceCIDRs)[0]?.metadata.finalizers, ['networking.k8s.io/service-cidr-finalizer']);
    assert.equal(ready(cluster, 'extra')?.message, 'Kubernetes Service CIDR is ready');
    await api.create(IPAddresses, address('10.200.0.9'));
    await api.delete(ServiceCIDRs, { name: 'extra' });
    await quiet();
    const blocked = ready(cluster, 'extra');
    assert.deepEqual(
      [blocked?.status, blocked?.reason, blocked?.message],
      [
        'False',
        'Terminating',
        'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR',
      ],
    );
    await api.delete(IPAddresses, { name: '10.200.0.9' });
    await quiet();
    assert.equal(api.all(ServiceCIDRs).length, 1);
    clock.advance(10_000);
    await quiet();
    assert.deepEqual(api.all(ServiceCIDRs), []);
  });
});

test('serviceCidrController lets a range go whose addresses another one holds', async () => {
  await runCluster([serviceCidrController], async (cluster) => {
    const { api, clock, quiet } = cluster;
    await api.create(ServiceCIDRs, range('old', '10.200.0.0/24', 'fd00::/112'));
    await api.create(IPAddresses, address('10.200.0.9'));
    await api.create(IPAddresses, address('fd00::9'));
    await quiet();
    await api.delete(ServiceCIDRs, { name: 'old' });
    await api.create(ServiceCIDRs, range('half', '10.200.0.0/16'));
    clock.advance(10_000);
    await quiet();
    assert.equal(ready(cluster, 'old')?.status, 'False');
    await api.create(ServiceCIDRs, range('rest', 'fd00::/108'));
    await quiet();
    assert.deepEqual(
      api.all(ServiceCIDRs).map(({ metadata: own }) => own.name),
      ['half', 'rest'],
    );
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Endpoints as EndpointsObject } from '../../api/groups/core.v1.ts';
import { Endpoints, EndpointSlices, Services } from '../../api/resources.ts';
import { metadata, service } from '../testing/objects.ts';
import { runCluster } from '../testing/run-cluster.ts';
import { endpointSliceMirroringController } from './reconcile.ts';

const ref = { namespace: 'default', name: 'web' };

function written(subsets: EndpointsObject['subsets'], meta: object = {}): EndpointsObject {
  return { apiVersion: 'v1', kind: 'Endpoints', metadata: metadata('web', meta), subsets };
}
const ports = [{ name: 'http', port: 80, protocol: 'TCP' }];
const bare = (name = 'web') => {
  const { spec, ...rest } = service(name);
  const { selector: _, ...others } = spec;
  return { ...rest, spec: others };
};

test('endpointSliceMirroringController mirrors what users wrote through create, update and delete', async () => {
  await runCluster([endpointSliceMirroringController], async ({ api, quiet }) => {
    await api.create(Services, bare());
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{}', note: 'x' };
    const subsets = [
      { addresses: [{ ip: '10.1.2.3' }, { ip: 'fd00::3' }], notReadyAddresses: [{ ip: '10.1.2.4' }], ports },
    ];
    await api.create(Endpoints, written(subsets, { labels: { tier: 'front' }, annotations }));
    await quiet();
    const [first, second, ...none] = api.all(EndpointSlices);
    assert.ok(first !== undefined && second !== undefined && none.length === 0);
    assert.deepEqual([first.addressType, second.addressType], ['IPv4', 'IPv6']);
    assert.deepEqual(first.ports, ports);
    assert.deepEqual(
      first.endpoints?.map(({ addresses, conditions }) => [addresses[0], conditions.ready]),
      [
        ['10.1.2.3', true],
        ['10.1.2.4', false],
      ],
    );
    assert.deepEqual(first.metadata.labels, {
      tier: 'front',
      'kubernetes.io/service-name': 'web',
      'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io',
    });
    assert.deepEqual(first.metadata.annotations, { note: 'x' });
    assert.equal(first.metadata.ownerReferences?.[0]?.kind, 'Endpoints');

    const stored = await api.get(Endpoints, ref);
    await api.update(Endpoints, { ...stored, subsets: [{ addresses: [{ ip: '10.2.3.4' }], ports }] });
    await quiet();
    const after = api.all(EndpointSlices);
    assert.deepEqual(
      after.map(({ metadata: { name }, endpoints }) => [name, endpoints?.[0]?.addresses[0]]),
      [[first.metadata.name, '10.2.3.4']],
    );
    await api.delete(Endpoints, ref);
    await quiet();
    assert.deepEqual(api.all(EndpointSlices), []);
  });
});

test('endpointSliceMirroringController leaves alone what is not to be mirrored', async () => {
  const subsets = [{ addresses: [{ ip: '10.1.2.3' }], ports }];
  const cases = [
    { of: service('web'), meta: {} },
    { of: bare(), meta: { labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } } },
    { of: bare(), meta: { annotations: { 'control-plane.alpha.kubernetes.io/leader': '{}' } } },
    { of: bare('other'), meta: {} },
  ];
  for (const { of, meta } of cases) {
    await runCluster([endpointSliceMirroringController], async ({ api, quiet }) => {
      await api.create(Services, of);
      await api.create(Endpoints, written(subsets, meta));
      await quiet();
      assert.deepEqual(api.all(EndpointSlices), []);
    });
  }
});

test('endpointSliceMirroringController says which addresses it left out', async () => {
  await runCluster([endpointSliceMirroringController], async ({ api, quiet, events }) => {
    await api.create(Services, bare());
    const many = Array.from({ length: 1001 }, (_, i) => ({ ip: `10.0.${i >> 8}.${i & 255}` }));
    await api.create(Endpoints, written([{ addresses: [{ ip: 'nowhere' }, ...many], ports }]));
    await quiet();
    assert.deepEqual(
      api.all(EndpointSlices).map(({ endpoints }) => endpoints?.length),
      [1000],
    );
    assert.deepEqual(
      new Set(events),
      new Set([
        'InvalidIPAddress Skipped 1 invalid IP addresses when mirroring to EndpointSlices',
        'TooManyAddressesToMirror A max of 1000 addresses can be mirrored to EndpointSlices per Endpoints subset. 2 addresses were skipped',
      ]),
    );
  });
});

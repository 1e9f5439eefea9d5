/** Endpoints that users write for a Service without a selector, mirrored to slices, on a cluster with controllers. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Endpoints, EndpointSlices, Services } from '../../src/api/resources.ts';
import { soon, startControlledCluster, type ControlledCluster } from './controlled-cluster.ts';

let cluster: ControlledCluster;
before(async () => {
  cluster = await startControlledCluster();
});
after(() => cluster.close());

test('custom Endpoints are mirrored to a slice through create, update and delete', async () => {
  const { client } = cluster;
  const namespace = await cluster.namespace();
  const ref = { name: 'custom', namespace };
  const mirrored = async () => {
    const labelSelector =
      'kubernetes.io/service-name=custom,endpointslice.kubernetes.io/managed-by=endpointslicemirroring-controller.k8s.io';
    const { items } = await client.list(EndpointSlices, { namespace, labelSelector });
    return items.map(({ addressType, ports, endpoints }) => ({
      addressType,
      ports: (ports ?? []).map(({ name, port }) => `${name}=${port}`),
      addresses: (endpoints ?? []).flatMap(({ addresses }) => addresses),
    }));
  };
  const ports = [{ port: 80, name: 'example', protocol: 'TCP' }];
  await client.create(Services, { metadata: ref, spec: { ports: [{ port: 80, name: 'example' }] } });
  await client.create(Endpoints, { metadata: ref, subsets: [{ addresses: [{ ip: '10.1.2.3' }], ports }] });
  await soon(async () => {
    assert.deepEqual(await mirrored(), [{ addressType: 'IPv4', ports: ['example=80'], addresses: ['10.1.2.3'] }]);
  });
  const value = { subsets: [{ addresses: [{ ip: '10.2.3.4' }], ports: [{ ...ports[0], port: 81 }] }] };
  await client.patch(Endpoints, ref, { type: 'merge', value });
  await soon(async () => {
    assert.deepEqual(await mirrored(), [{ addressType: 'IPv4', ports: ['example=81'], addresses: ['10.2.3.4'] }]);
  });
  await client.delete(Endpoints, ref);
  await soon(async () => assert.deepEqual(await mirrored(), []));
});

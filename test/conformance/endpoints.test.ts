/** Endpoints and EndpointSlices of Services with selectors, on a cluster with controllers. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { EndpointSlice } from '../../src/api/groups/discovery.v1.ts';
import { Endpoints, EndpointSlices, Pods, Services } from '../../src/api/resources.ts';
import { soon, startControlledCluster, type ControlledCluster } from './controlled-cluster.ts';

let cluster: ControlledCluster;
before(async () => {
  cluster = await startControlledCluster();
});
after(() => cluster.close());

const slicesOf = async (namespace: string, service: string): Promise<readonly EndpointSlice[]> => {
  const labelSelector = `kubernetes.io/service-name=${service}`;
  return (await cluster.client.list(EndpointSlices, { namespace, labelSelector })).items;
};

const createPod = (
  namespace: string,
  name: string,
  labels: Readonly<Record<string, string>>,
  ports: readonly object[] = [],
) =>
  cluster.client.create(Pods, {
    metadata: { name, namespace, labels },
    spec: { containers: [{ name: 'c', image: 'v1', ports: ports as never }] },
  });

test('a Service that matches no pods has empty Endpoints and an empty slice, which go with it', async () => {
  const { client } = cluster;
  const namespace = await cluster.namespace();
  const ref = { name: 'empty', namespace };
  await client.create(Services, { metadata: ref, spec: { selector: { no: 'pod' }, ports: [{ port: 80 }] } });
  await soon(async () => {
    assert.deepEqual((await client.get(Endpoints, ref)).subsets ?? [], []);
    const slices = await slicesOf(namespace, 'empty');
    assert.equal(slices.length, 1);
    assert.deepEqual(slices[0]?.endpoints ?? [], []);
    assert.equal(slices[0]?.metadata.ownerReferences?.[0]?.name, 'empty');
  });
  await client.delete(Services, ref);
  await soon(async () => {
    assert.equal(await client.find(Endpoints, ref), undefined);
    assert.deepEqual(await slicesOf(namespace, 'empty'), []);
  });
});

test('the pods of a Service are in its Endpoints and slices, under the ports that their names have in each pod', async () => {
  const { client } = cluster;
  const namespace = await cluster.namespace();
  const ref = { name: 'named', namespace };
  const ports = [
    { name: 'http', port: 80, targetPort: 'web' },
    { name: 'plain', port: 81, targetPort: 9000 },
  ];
  await client.create(Services, { metadata: ref, spec: { selector: { app: 'a' }, ports } });
  await createPod(namespace, 'pod1', { app: 'a' }, [{ name: 'web', containerPort: 3000 }]);
  await createPod(namespace, 'pod2', { app: 'a' }, [{ name: 'web', containerPort: 3001 }]);
  await soon(async () => {
    const slices = await slicesOf(namespace, 'named');
    const seen = slices.flatMap((slice) =>
      (slice.endpoints ?? []).map((one) => ({
        pod: one.targetRef?.name,
        ready: one.conditions.ready,
        ports: (slice.ports ?? []).map(({ name, port }) => `${name}=${port}`).toSorted(),
      })),
    );
    assert.deepEqual(
      seen.toSorted((a, b) => ((a.pod ?? '') < (b.pod ?? '') ? -1 : 1)),
      [
        { pod: 'pod1', ready: true, ports: ['http=3000', 'plain=9000'] },
        { pod: 'pod2', ready: true, ports: ['http=3001', 'plain=9000'] },
      ],
    );
    const { subsets = [] } = await client.get(Endpoints, ref);
    const addresses = new Set(subsets.flatMap((one) => (one.addresses ?? []).map(({ targetRef }) => targetRef?.name)));
    assert.deepEqual([...addresses].toSorted(), ['pod1', 'pod2']);
  });
  await client.delete(Pods, { name: 'pod1', namespace });
  await soon(async () => {
    const slices = await slicesOf(namespace, 'named');
    assert.deepEqual(
      slices.flatMap(({ endpoints }) => (endpoints ?? []).map(({ targetRef }) => targetRef?.name)),
      ['pod2'],
    );
  });
});

test('slices that others made beside those of the controller belong to the same Service', async () => {
  const { client } = cluster;
  const namespace = await cluster.namespace();
  await client.create(Services, {
    metadata: { name: 'custom', namespace },
    spec: { ports: [{ name: 'a', port: 80, targetPort: 1 }] },
  });
  for (const [i, port] of [8090, 8091].entries()) {
    const labels = { 'kubernetes.io/service-name': 'custom', 'endpointslice.kubernetes.io/managed-by': 'test' };
    await client.create(EndpointSlices, {
      metadata: { name: `custom-${i}`, namespace, labels },
      addressType: 'IPv4',
      endpoints: [{ addresses: [`10.9.0.${i + 1}`] }],
      ports: [{ name: 'a', port, protocol: 'TCP' }],
    });
  }
  await cluster.namespace();
  assert.deepEqual(
    (await slicesOf(namespace, 'custom')).map(({ ports }) => ports?.[0]?.port),
    [8090, 8091],
  );
});

/** Services of type LoadBalancer on `slipway up`: an address of the pool that answers from this machine, and nothing of it afterwards. */
import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { after, before, test } from 'node:test';
import type { Service } from '../src/api/groups/core.v1.ts';
import { instanceOf } from '../src/cluster/cluster-network.ts';
import { busyboxImage, loadBusybox } from './test-images.ts';
import { startTestCluster, type TestCluster } from './cluster.ts';
import { eventually } from './eventually.ts';

const serve = 'mkdir -p /www; hostname > /www/index.html; exec httpd -f -p 8080 -h /www';
const manifest = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      terminationGracePeriodSeconds: 0
      containers:
        - name: web
          image: ${busyboxImage}
          command: [/bin/sh, -c, '${serve}']
          readinessProbe: { httpGet: { path: /, port: 8080 }, periodSeconds: 1 }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  type: LoadBalancer
  selector: { app: web }
  ports: [{ name: http, port: 80, targetPort: 8080 }]
`;

let cluster: TestCluster;

before(async () => {
  cluster = await startTestCluster({ runtime: 'containerd' });
  await loadBusybox(cluster);
  await cluster.kubectl(['apply', '-f', '-'], { input: manifest });
  await cluster.kubectl(['rollout', 'status', 'deployment/web', '--timeout=60s']);
});

after(() => cluster.remove());

async function service(name: string): Promise<Service> {
  return (await cluster.kubectlJson(['get', 'service', name])) as Service;
}

function addressOf({ status }: Service): string {
  const [ingress] = status.loadBalancer.ingress ?? [];
  assert.equal(ingress?.ipMode, 'VIP');
  return ingress?.ip ?? '';
}

async function answers(address: string): Promise<string> {
  const response = await fetch(`http://${address}/`, {
    headers: { connection: 'close' },
    signal: AbortSignal.timeout(2000),
  });
  return (await response.text()).trim();
}

function ownAddresses(): readonly string[] {
  const name = `slb-${instanceOf(cluster.dataDirectory)}`;
  return (networkInterfaces()[name] ?? []).filter(({ family }) => family === 'IPv4').map(({ address }) => address);
}

test('a Service gets an address, answers there from the machine and from a pod, and tells its story in events', async () => {
  const address = await eventually(async () => addressOf(await service('web')));
  assert.match(address, /^10\.1[12]\d\.0\.1$/);
  assert.deepEqual((await service('web')).metadata.finalizers, ['service.kubernetes.io/load-balancer-cleanup']);
  const pod = (
    await cluster.kubectl(['get', 'pods', '-l', 'app=web', '-o', 'jsonpath={.items[0].metadata.name}'])
  ).trim();
  await eventually(async () => assert.equal(await answers(address), pod));
  const inside = await cluster.kubectl(['exec', pod, '--', 'wget', '-qO-', `http://${address}/`]);
  assert.equal(inside.trim(), pod);
  await eventually(async () => {
    const described = await cluster.kubectl(['describe', 'service', 'web']);
    assert.match(described, /EnsuringLoadBalancer\s+\S+\s+service-controller\s+Ensuring load balancer/);
    assert.match(described, /EnsuredLoadBalancer\s+\S+\s+service-controller\s+Ensured load balancer/);
  });
  assert.deepEqual(ownAddresses(), [address]);
});

test('loadBalancerSourceRanges keep others out, and node ports stay as they are', async () => {
  const { spec } = await service('web');
  const node = await cluster.kubectl(['get', 'node', '-o', 'jsonpath={.items[0].status.addresses[0].address}']);
  const address = addressOf(await service('web'));
  const allow = (ranges: readonly string[]): Promise<string> =>
    cluster.kubectl(['patch', 'service', 'web', '-p', JSON.stringify({ spec: { loadBalancerSourceRanges: ranges } })]);
  await allow(['203.0.113.0/24']);
  await eventually(() => assert.rejects(answers(address), { name: /TimeoutError|TypeError/ }));
  assert.notEqual(await answers(`${node}:${spec.ports?.[0]?.nodePort}`), '');
  await allow([`${node}/32`]);
  await eventually(async () => assert.notEqual(await answers(address), ''));
  await allow([]);
});

test('an address is given back when its Service goes or becomes another type', async () => {
  const address = addressOf(await service('web'));
  await cluster.kubectl(['patch', 'service', 'web', '-p', '{"spec":{"type":"ClusterIP"}}']);
  await eventually(async () => assert.deepEqual((await service('web')).metadata.finalizers ?? [], []));
  assert.deepEqual((await service('web')).status.loadBalancer, {});
  assert.deepEqual(ownAddresses(), []);
  await cluster.kubectl(['patch', 'service', 'web', '-p', '{"spec":{"type":"LoadBalancer"}}']);
  await eventually(async () => assert.equal(addressOf(await service('web')), address));
  await cluster.kubectl(['delete', 'service', 'web', '--timeout=30s']);
  await eventually(async () => assert.deepEqual(ownAddresses(), []));
});

test('a Service keeps its address when its cluster is killed and started again', async () => {
  await cluster.kubectl(['apply', '-f', '-'], { input: manifest });
  const address = await eventually(async () => addressOf(await service('web')));
  await eventually(() => assert.deepEqual(ownAddresses(), [address]));
  await cluster.kill();
  cluster = await startTestCluster({ runtime: 'containerd', dataDirectory: cluster.dataDirectory });
  await cluster.kubectl(['rollout', 'status', 'deployment/web', '--timeout=60s']);
  await eventually(async () => assert.notEqual(await answers(address), ''));
  assert.equal(addressOf(await service('web')), address);
  assert.deepEqual(ownAddresses(), [address]);
});

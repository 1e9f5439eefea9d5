/** Services on real containers: by cluster address, node port and name; who is asked follows who is ready. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { nodeRecipe } from '../src/kubelet/runtimes/machine-images.ts';
import { busyboxImage, loadBusybox, loadImage } from './test-images.ts';
import { startTestCluster, type TestCluster } from './cluster.ts';
import { eventually } from './eventually.ts';

const nodeImage = 'slipway.local/node:1';
const serve =
  'trap "exit 0" TERM; mkdir -p /www; hostname > /www/index.html; touch /www/ready; httpd -p 8080 -h /www; sleep 10000 & wait';
const manifest = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
          image: ${busyboxImage}
          command: [/bin/sh, -c, '${serve}']
          readinessProbe: { httpGet: { path: /ready, port: 8080 }, periodSeconds: 1, failureThreshold: 1 }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  type: NodePort
  selector: { app: web }
  ports: [{ name: http, port: 80, targetPort: 8080 }]
---
apiVersion: v1
kind: Service
metadata: { name: headless }
spec:
  clusterIP: None
  selector: { app: web }
  ports: [{ name: http, port: 8080 }]
---
apiVersion: v1
kind: Pod
metadata: { name: client }
spec:
  terminationGracePeriodSeconds: 0
  containers: [{ name: client, image: ${busyboxImage}, command: [sleep, '10000'] }]
`;

let cluster: TestCluster;

before(async () => {
  cluster = await startTestCluster({ runtime: 'containerd' });
  await loadBusybox(cluster);
  await cluster.kubectl(['apply', '-f', '-'], { input: manifest });
  await cluster.kubectl(['rollout', 'status', 'deployment/web', '--timeout=60s']);
  await cluster.kubectl(['wait', 'pod/client', '--for=condition=Ready', '--timeout=60s']);
});

after(() => cluster.remove());

async function podNames(): Promise<readonly string[]> {
  const { items } = (await cluster.kubectlJson(['get', 'pods', '-l', 'app=web'])) as {
    items: readonly { metadata: { name: string; deletionTimestamp?: string } }[];
  };
  return items
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map(({ metadata }) => metadata.name)
    .toSorted();
}

function inClient(script: string): Promise<string> {
  return cluster.kubectl(['exec', 'client', '--', 'sh', '-c', script]);
}

/** Who answered 60 requests from inside a pod, each name once. */
async function whoAnswersInside(address: string): Promise<readonly string[]> {
  const answers = await inClient(`for i in $(seq 60); do wget -qO- http://${address}/; done`);
  return [...new Set(answers.trim().split('\n'))].toSorted();
}

async function whoAnswersOutside(address: string): Promise<readonly string[]> {
  const names = new Set<string>();
  for (let count = 0; count < 60; count++) {
    const answer = await fetch(`http://${address}/`, { headers: { connection: 'close' } });
    names.add((await answer.text()).trim());
  }
  return [...names].toSorted();
}

test('every replica answers through cluster address, node port and name, from inside and outside of pods', async () => {
  const pods = await podNames();
  const field = (path: string): Promise<string> =>
    cluster.kubectl(['get', 'service', 'web', '-o', `jsonpath={${path}}`]);
  const [ip, port] = [await field('.spec.clusterIP'), await field('.spec.ports[0].nodePort')];
  const node = await cluster.kubectl(['get', 'node', '-o', 'jsonpath={.items[0].status.addresses[0].address}']);
  await eventually(async () => assert.deepEqual(await whoAnswersInside(ip), pods));
  for (const name of ['web', 'web.default', 'web.default.svc.cluster.local']) {
    assert.deepEqual(await whoAnswersInside(name), pods, name);
  }
  assert.deepEqual(await whoAnswersInside(`${node}:${port}`), pods);
  assert.deepEqual(await whoAnswersOutside(ip), pods);
  assert.deepEqual(await whoAnswersOutside(`${node}:${port}`), pods);
});

test('names of headless services lead to each pod, names of the world to the resolvers of the machine', async () => {
  const lookup = await inClient('nslookup -type=a headless.default.svc.cluster.local');
  const ips = await cluster.kubectl(['get', 'pods', '-l', 'app=web', '-o', 'jsonpath={.items[*].status.podIP}']);
  for (const ip of ips.split(' ')) assert.match(lookup, new RegExp(`^Address: ${ip.replaceAll('.', '\\.')}$`, 'm'));
  const missing = await cluster.tryKubectl(['exec', 'client', '--', 'nslookup', 'missing.default.svc.cluster.local']);
  assert.match(missing.stdout + missing.stderr, /NXDOMAIN/);
});

test('a pod reaches the API by name with its own account', async () => {
  await loadImage(cluster, await nodeRecipe(nodeImage, { entries: [] }));
  const folder = '/var/run/secrets/kubernetes.io/serviceaccount';
  const program = [
    `const token = require('node:fs').readFileSync('${folder}/token', 'utf8');`,
    'const headers = { authorization: `Bearer ${token}` };',
    "fetch('https://kubernetes.default.svc/api/v1/namespaces/default/pods', { headers })",
    '.then(async (answer) => console.log(answer.status, (await answer.json()).message));',
  ].join(' ');
  const trust = ['--env', `NODE_EXTRA_CA_CERTS=${folder}/ca.crt`];
  const args = ['run', 'asker', `--image=${nodeImage}`, '--restart=Never', ...trust, '--', '-e', program];
  await cluster.kubectl(args);
  await cluster.kubectl(['wait', 'pod/asker', '--for=jsonpath={.status.phase}=Succeeded', '--timeout=60s']);
  const refusal =
    '403 pods is forbidden: User "system:serviceaccount:default:default" cannot list resource "pods" in API group "" in the namespace "default"';
  assert.equal((await cluster.kubectl(['logs', 'asker'])).trim(), refusal);
});

test('a pod whose readiness fails leaves the Service and comes back', async () => {
  const [first = '', ...others] = await podNames();
  await cluster.kubectl(['exec', first, '--', 'rm', '/www/ready']);
  await cluster.kubectl(['wait', `pod/${first}`, '--for=condition=Ready=false', '--timeout=30s']);
  await eventually(async () => assert.deepEqual(await whoAnswersInside('web'), others));
  await cluster.kubectl(['exec', first, '--', 'touch', '/www/ready']);
  await eventually(async () => assert.deepEqual(await whoAnswersInside('web'), [first, ...others].toSorted()));
});

test('a deleted pod is replaced, and nobody is sent to the one that is gone', async () => {
  const [gone = '', ...others] = await podNames();
  await cluster.kubectl(['delete', 'pod', gone, '--wait=false']);
  const pods = await eventually(async () => {
    const names = await podNames();
    assert.equal(names.length, 3);
    assert.ok(!names.includes(gone));
    return names;
  });
  assert.ok(others.every((name) => pods.includes(name)));
  await eventually(async () => assert.deepEqual(await whoAnswersInside('web'), pods));
});

test('a Service without ready pods refuses at once', async () => {
  await cluster.kubectl(['scale', 'deployment', 'web', '--replicas=0']);
  await eventually(async () => {
    const { stderr } = await cluster.tryKubectl(['exec', 'client', '--', 'wget', '-qO-', 'http://web/']);
    assert.match(stderr, /[Cc]onnection refused/);
  });
});

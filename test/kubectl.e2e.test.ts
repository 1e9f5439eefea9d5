/** What people do with kubectl all day, with the real one, on real containers. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, after, test } from 'node:test';
import { busyboxImage, loadBusybox } from './test-images.ts';
import { startTestCluster, type TestCluster } from './cluster.ts';
import { eventually } from './eventually.ts';

const otherImage = 'slipway.local/busybox:2';
const serve = 'mkdir -p /www; echo "$(hostname)" > /www/index.html; exec httpd -f -v -p 8080 -h /www';
const manifest = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: { app: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - name: web
          image: ${busyboxImage}
          command: [/bin/sh, -c, '${serve}']
          ports: [{ containerPort: 8080 }]
          readinessProbe: { httpGet: { path: /, port: 8080 }, periodSeconds: 1 }
`;

let cluster: TestCluster;
let folder: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-kubectl-'));
  cluster = await startTestCluster({ runtime: 'containerd' });
  await loadBusybox(cluster, [busyboxImage, otherImage]);
});

after(async () => {
  await cluster.remove();
  await rm(folder, { recursive: true });
});

async function podNames(selector: string): Promise<readonly string[]> {
  const names = await cluster.kubectl(['get', 'pods', '-l', selector, '-o', 'jsonpath={.items[*].metadata.name}']);
  return names.split(' ').filter((name) => name !== '');
}

test('kubectl apply, get in every form, describe and wait', async () => {
  const { kubectl } = cluster;
  assert.match(await kubectl(['apply', '-f', '-'], { input: manifest }), /deployment\.apps\/web created/);
  await kubectl(['wait', 'deployment/web', '--for=condition=Available', '--timeout=60s']);
  assert.match(await kubectl(['rollout', 'status', 'deployment/web', '--timeout=60s']), /successfully rolled out/);
  assert.match(await kubectl(['get', 'deployment', 'web']), /^web +2\/2 +2 +2 +\d+s$/m);
  const wide = await kubectl(['get', 'pods', '-o', 'wide']);
  assert.match(wide, /^NAME +READY +STATUS +RESTARTS +AGE +IP +NODE +NOMINATED NODE +READINESS GATES$/m);
  assert.equal([...wide.matchAll(/^web-\S+ +1\/1 +Running +0 +\d+s +10\.24\d\.0\.\d+ /gm)].length, 2);
  assert.match(await kubectl(['get', 'deployment', 'web', '-o', 'yaml']), /^kind: Deployment$/m);
  const { items } = (await cluster.kubectlJson(['get', 'all'])) as { items: readonly { kind: string }[] };
  const kinds = new Set(items.map(({ kind }) => kind));
  assert.deepEqual([...kinds].toSorted(), ['Deployment', 'Pod', 'ReplicaSet', 'Service']);
  const described = await kubectl(['describe', 'deployment', 'web']);
  assert.match(described, /Replicas: +2 desired \| 2 updated \| 2 total \| 2 available \| 0 unavailable/);
  assert.match(described, /ScalingReplicaSet .*Scaled up replica set web-\S+ from 0 to 2/);
  assert.match(
    await kubectl(['describe', 'pods', '-l', 'app=web']),
    /Normal +Started +\S+ +kubelet .*Container started/,
  );
  assert.match(await kubectl(['describe', 'node']), /Non-terminated Pods: +\(2 in total\)/);
});

test('kubectl logs, also while they are written', async () => {
  const [pod = ''] = await podNames('app=web');
  await cluster.kubectl(['exec', pod, '--', 'wget', '-qO-', 'http://127.0.0.1:8080/']);
  await eventually(async () => assert.match(await cluster.kubectl(['logs', pod]), /127\.0\.0\.1.*200|response:200/));
  await cluster.kubectl(['run', 'count', `--image=${busyboxImage}`, '--restart=Never', '--', ...counter]);
  await cluster.kubectl(['wait', 'pod/count', '--for=condition=Ready', '--timeout=30s']);
  const followed = await cluster.kubectl(['logs', '-f', 'count'], { timeoutMs: 30_000 });
  assert.deepEqual(followed.trim().split('\n'), ['1', '2', '3', '4', '5']);
  assert.equal(await cluster.kubectl(['logs', 'count', '--tail=1']), '5\n');
  await cluster.kubectl(['wait', 'pod/count', '--for=jsonpath={.status.phase}=Succeeded', '--timeout=30s']);
  await cluster.kubectl(['delete', 'pod', 'count']);
});

const idler = ['sh', '-c', 'trap "exit 0" TERM; sleep 1000 & wait'];
const counter = ['sh', '-c', 'for i in 1 2 3 4 5; do echo $i; sleep 0.3; done'];

test('kubectl exec with standard input, exit status and a terminal', async () => {
  const [pod = ''] = await podNames('app=web');
  assert.equal(await cluster.kubectl(['exec', '-i', pod, '--', 'cat'], { input: 'hello\n' }), 'hello\n');
  const failed = await cluster.tryKubectl(['exec', pod, '--', 'sh', '-c', 'echo oops >&2; exit 3']);
  assert.equal(failed.status, 3);
  assert.match(failed.stderr, /^oops$/m);
  const session = await cluster.inTerminal(`kubectl exec -it ${pod} -- sh -c 'tty; stty size; echo bye'`);
  assert.match(session, /\/dev\/pts\/0/);
  assert.match(session, /bye/);
});

test('kubectl cp takes files there and back', async () => {
  const [pod = ''] = await podNames('app=web');
  const there = join(folder, 'there');
  const back = join(folder, 'back');
  await writeFile(there, 'x'.repeat(300_000));
  await cluster.kubectl(['cp', there, `${pod}:/tmp/file`]);
  await cluster.kubectl(['cp', `${pod}:/tmp/file`, back]);
  assert.equal(await readFile(back, 'utf8'), await readFile(there, 'utf8'));
});

test('kubectl port-forward reaches the pods of a Deployment', async (t) => {
  const forward = await cluster.startKubectl(t, ['port-forward', 'deployment/web', ':8080', '--address', '127.0.0.1']);
  const port = await forward.match(/Forwarding from 127\.0\.0\.1:(\d+)/);
  const answer = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } });
  assert.match(await answer.text(), /^web-/);
});

test('kubectl scale, set image, rollout history, undo and restart', async () => {
  const { kubectl } = cluster;
  const image = ['get', 'deployment', 'web', '-o', 'jsonpath={.spec.template.spec.containers[0].image}'];
  await kubectl(['scale', 'deployment', 'web', '--replicas=3']);
  await kubectl(['rollout', 'status', 'deployment/web', '--timeout=60s']);
  assert.equal((await podNames('app=web')).length, 3);
  await kubectl(['set', 'image', 'deployment/web', `web=${otherImage}`]);
  await kubectl(['rollout', 'status', 'deployment/web', '--timeout=60s']);
  assert.equal(await kubectl(image), otherImage);
  assert.match(await kubectl(['rollout', 'history', 'deployment/web']), /^1 .*\n2 /m);
  assert.match(await kubectl(['rollout', 'undo', 'deployment/web']), /rolled back/);
  await kubectl(['rollout', 'status', 'deployment/web', '--timeout=60s']);
  assert.equal(await kubectl(image), busyboxImage);
  assert.match(await kubectl(['rollout', 'history', 'deployment/web']), /^2 .*\n3 /m);
  await kubectl(['rollout', 'restart', 'deployment/web']);
  await kubectl(['rollout', 'status', 'deployment/web', '--timeout=60s']);
});

test('kubectl label, annotate, patch and edit', async () => {
  const { kubectl } = cluster;
  const field = (path: string): Promise<string> => kubectl(['get', 'deployment', 'web', '-o', `jsonpath={${path}}`]);
  await kubectl(['label', 'deployment', 'web', 'tier=front']);
  assert.match((await cluster.tryKubectl(['label', 'deployment', 'web', 'tier=back'])).stderr, /overwrite is false/);
  await kubectl(['annotate', 'deployment', 'web', 'note=a b']);
  assert.equal(`${await field('.metadata.labels.tier')} ${await field('.metadata.annotations.note')}`, 'front a b');
  await kubectl(['patch', 'deployment', 'web', '-p', '{"spec":{"revisionHistoryLimit":4}}']);
  await kubectl(['patch', 'deployment', 'web', '--type=merge', '-p', '{"spec":{"minReadySeconds":1}}']);
  const replace = '[{"op":"replace","path":"/spec/progressDeadlineSeconds","value":500}]';
  await kubectl(['patch', 'deployment', 'web', '--type=json', '-p', replace]);
  const set = await field('.spec.revisionHistoryLimit}{.spec.minReadySeconds}{.spec.progressDeadlineSeconds');
  assert.equal(set, '41500');
  const editor = join(folder, 'editor');
  await writeFile(editor, '#!/bin/sh\nsed -i "s/minReadySeconds: 1/minReadySeconds: 2/" "$1"\n', { mode: 0o755 });
  assert.match(await kubectl(['edit', 'deployment', 'web'], { env: { EDITOR: editor } }), /web edited/);
  assert.equal(await field('.spec.minReadySeconds'), '2');
});

test('kubectl diff and server-side apply, with conflicts', async () => {
  const changed = manifest.replace('replicas: 2', 'replicas: 1');
  const diff = await cluster.tryKubectl(['diff', '-f', '-'], { input: changed });
  assert.equal(diff.status, 1, diff.stderr);
  assert.match(diff.stdout, /^\+ {2}replicas: 1$/m);
  const owned = (manager: string, value: string): readonly string[] => [
    'create',
    'configmap',
    'shared',
    `--from-literal=key=${value}`,
    '--dry-run=client',
    '-o',
    'yaml',
    `--field-manager=${manager}`,
  ];
  const apply = (manager: string): readonly string[] => [
    'apply',
    '--server-side',
    `--field-manager=${manager}`,
    '-f',
    '-',
  ];
  await cluster.kubectl(apply('one'), { input: await cluster.kubectl(owned('one', 'a')) });
  const second = await cluster.kubectl(owned('two', 'b'));
  const conflict = await cluster.tryKubectl(apply('two'), { input: second });
  assert.equal(conflict.status, 1);
  assert.match(conflict.stderr, /conflict with "one": \.data\.key/);
  await cluster.kubectl([...apply('two'), '--force-conflicts'], { input: second });
  assert.equal(await cluster.kubectl(['get', 'configmap', 'shared', '-o', 'jsonpath={.data.key}']), 'b');
});

test('kubectl explain, api-resources, api-versions, auth can-i, events, cluster-info and top', async () => {
  const { kubectl, tryKubectl } = cluster;
  assert.match(await kubectl(['explain', 'deployment.spec.strategy']), /FIELDS:[\s\S]*rollingUpdate/);
  assert.match(await kubectl(['api-resources']), /^deployments +deploy +apps\/v1 +true +Deployment$/m);
  assert.match(await kubectl(['api-versions']), /^apps\/v1$/m);
  assert.equal(await kubectl(['auth', 'can-i', 'delete', 'nodes']), 'yes\n');
  const account = '--as=system:serviceaccount:default:default';
  assert.equal((await tryKubectl(['auth', 'can-i', 'delete', 'nodes', account])).stdout, 'no\n');
  assert.match(await kubectl(['auth', 'can-i', '--list', account]), /selfsubjectaccessreviews/);
  assert.match(await kubectl(['events', '--for', 'deployment/web']), /ScalingReplicaSet/);
  assert.match(await kubectl(['get', 'events', '--sort-by=.lastTimestamp']), /Started/);
  assert.match(await kubectl(['cluster-info']), /Kubernetes control plane.* is running at/);
  assert.match((await tryKubectl(['top', 'nodes'])).stderr, /Metrics API not available/);
});

test('kubectl create, expose, run --rm and delete', async () => {
  const { kubectl } = cluster;
  await kubectl(['create', 'namespace', 'other']);
  await kubectl(['-n', 'other', 'create', 'secret', 'generic', 'password', '--from-literal=p=1']);
  await kubectl(['-n', 'other', 'create', 'deployment', 'idle', `--image=${busyboxImage}`, '--', ...idler]);
  await kubectl(['-n', 'other', 'expose', 'deployment', 'idle', '--port=80']);
  await kubectl(['-n', 'other', 'create', 'job', 'once', `--image=${busyboxImage}`, '--', 'echo', 'done']);
  await kubectl(['-n', 'other', 'wait', 'job/once', '--for=condition=Complete', '--timeout=60s']);
  assert.equal(await kubectl(['-n', 'other', 'logs', 'job/once']), 'done\n');
  const token = await kubectl(['-n', 'other', 'create', 'token', 'default']);
  assert.equal(token.split('.').length, 3);
  await kubectl(['-n', 'other', 'rollout', 'status', 'deployment/idle', '--timeout=60s']);
  await kubectl(['-n', 'other', 'delete', 'deployment', 'idle', '--cascade=foreground', '--timeout=60s']);
  await kubectl(['delete', 'namespace', 'other', '--timeout=60s']);
  assert.match((await cluster.tryKubectl(['get', 'namespace', 'other'])).stderr, /NotFound/);
  const [pod = ''] = await podNames('app=web');
  await kubectl(['delete', 'pod', pod]);
  await kubectl(['rollout', 'status', 'deployment/web', '--timeout=60s']);
  await kubectl(['delete', 'deployment', 'web', '--timeout=60s']);
  await eventually(async () => assert.deepEqual(await podNames('app=web'), []));
});

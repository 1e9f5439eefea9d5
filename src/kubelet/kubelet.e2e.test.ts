/** The life of pods on a private containerd, against a real API server: what users of a node see, through kubectl where they would. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { Nodes, Pods } from '../api/resources.ts';
import { eventually } from '../../test/eventually.ts';
import { shellContainer, shellPod, startTestMachine, type TestMachine } from '../../test/test-machine.ts';
import type { TestNode } from '../../test/test-node.ts';

let machine: TestMachine;
let node: TestNode;

before(async () => {
  machine = await startTestMachine('kblt', '10.251.8.0/24');
  node = machine.node;
});

after(() => machine?.stop());

const phaseIs = (phase: string) => (pod: { readonly status: { readonly phase?: string | undefined } }) =>
  pod.status.phase === phase;

suite('pods', { concurrency: 4 }, () => {
  test('runKubelet() runs a pod, reports its status, and deletes it without a trace', async () => {
    await node.create(shellPod('web', 'echo hello; exec sleep 1000'));
    const pod = await node.until('web', phaseIs('Running'));
    const { status, metadata } = pod;
    assert.match(status.podIP ?? '', /^10\.251\.8\./);
    assert.equal(status.hostIP, '127.0.0.1');
    assert.equal(status.qosClass, 'BestEffort');
    assert.equal(status.containerStatuses?.[0]?.ready, true);
    assert.deepEqual(
      status.conditions?.map(({ type, status: value }) => `${type}=${value}`),
      ['PodReadyToStartContainers=True', 'Initialized=True', 'Ready=True', 'ContainersReady=True', 'PodScheduled=True'],
    );
    assert.equal(await node.kubectl(['logs', 'web']), 'hello\n');
    await node.client.delete(Pods, metadata);
    await node.untilGone('web');
    const { runtime } = machine.containerd;
    const labels = { 'io.kubernetes.pod.uid': metadata.uid };
    assert.deepEqual([await runtime.sandboxes.list({ labels }), await runtime.containers.list({ labels })], [[], []]);
    for (const folder of ['pods', 'memory', 'logs']) {
      const names = await readdir(join(machine.folder, 'kubelet', folder));
      assert.deepEqual(
        names.filter((name) => name.includes(metadata.uid)),
        [],
      );
    }
    assert.deepEqual(await node.events('web'), [
      'Pulled: Container image "slipway.local/busybox:test" already present on machine and can be accessed by the pod',
      'Created: Container created',
      'Started: Container started',
      'Killing: Stopping container main',
    ]);
  });

  test('runKubelet() runs init containers in order, sidecars beside them, and ends the pod when its work is done', async () => {
    const volume = { name: 'work', emptyDir: {} };
    const volumeMounts = [{ name: 'work', mountPath: '/shared' }];
    await node.create(
      shellPod('job', 'echo main >>/shared/order; cat /shared/order; echo done >/dev/termination-log', {
        spec: {
          restartPolicy: 'Never',
          volumes: [volume],
          initContainers: [
            shellContainer('first', 'sleep 0.3; echo first >>/shared/order', { volumeMounts }),
            shellContainer('side', 'echo side >>/shared/order; trap "exit 0" TERM; sleep 1000 & wait', {
              volumeMounts,
              restartPolicy: 'Always',
            }),
            shellContainer('last', 'sleep 0.3; echo last >>/shared/order', { volumeMounts }),
          ],
        },
        container: { volumeMounts },
      }),
    );
    const { status } = await node.until('job', phaseIs('Succeeded'));
    assert.equal(await node.kubectl(['logs', 'job', '-c', 'main']), 'first\nside\nlast\nmain\n');
    assert.equal(status.containerStatuses?.[0]?.state.terminated?.message, 'done\n');
    assert.deepEqual(
      status.initContainerStatuses?.map(({ name, state }) => `${name} ${state.terminated?.reason}`),
      ['first Completed', 'side Completed', 'last Completed'],
    );
    assert.equal(status.conditions?.find(({ type }) => type === 'Ready')?.reason, 'PodCompleted');
  });

  test('runKubelet() restarts what crashes after a growing delay, and keeps the log of the run before', async () => {
    await node.create(shellPod('crash', 'echo run; echo because >/dev/termination-log; exit 3'));
    const isBackingOff = ({ status }: Awaited<ReturnType<TestNode['get']>>): boolean =>
      status.containerStatuses?.[0]?.state.waiting?.reason === 'CrashLoopBackOff';
    const { status } = await node.until('crash', isBackingOff);
    const [container] = status.containerStatuses ?? [];
    assert.equal(container?.restartCount, 1);
    assert.match(
      container?.state.waiting?.message ?? '',
      /^back-off 10s restarting failed container=main pod=crash_default\(/,
    );
    const { exitCode, reason, message } = container?.lastState.terminated ?? {};
    assert.deepEqual([exitCode, reason, message], [3, 'Error', 'because\n']);
    assert.equal(status.phase, 'Running');
    assert.equal(await node.kubectl(['logs', 'crash', '--previous']), 'run\n');
    await node.client.delete(Pods, { namespace: 'default', name: 'crash' });
    await node.untilGone('crash');
  });

  test('runKubelet() fails a pod whose init container fails for good, or that is past its deadline', async () => {
    await node.create(
      shellPod('no-init', 'true', {
        spec: { restartPolicy: 'Never', initContainers: [shellContainer('init', 'exit 7')] },
      }),
    );
    await node.create(shellPod('late', 'sleep 1000', { spec: { activeDeadlineSeconds: 1 } }));
    const noInit = await node.until('no-init', phaseIs('Failed'));
    assert.equal(noInit.status.initContainerStatuses?.[0]?.state.terminated?.exitCode, 7);
    const late = await node.until('late', phaseIs('Failed'));
    assert.equal(late.status.reason, 'DeadlineExceeded');
    assert.equal(late.status.containerStatuses?.[0]?.state.terminated?.exitCode, 137);
  });

  test('runKubelet() tells why an image cannot be had', async () => {
    await node.create(
      shellPod('never', 'true', { container: { image: 'slipway.local/none:1', imagePullPolicy: 'Never' } }),
    );
    await node.create(shellPod('nowhere', 'true', { container: { image: 'registry.invalid/none:1' } }));
    const reasonOf = (pod: Awaited<ReturnType<TestNode['get']>>): string | undefined =>
      pod.status.containerStatuses?.[0]?.state.waiting?.reason;
    await node.until('never', (pod) => reasonOf(pod) === 'ErrImageNeverPull');
    await node.until('nowhere', (pod) => reasonOf(pod) === 'ErrImagePull');
    await node.until('nowhere', (pod) => reasonOf(pod) === 'ImagePullBackOff');
    const events = await node.events('nowhere');
    assert.ok(events.includes('Pulling: Pulling image "registry.invalid/none:1"'), events.join('\n'));
    assert.ok(events.includes('Failed: Error: ErrImagePull'), events.join('\n'));
    for (const name of ['never', 'nowhere']) await node.client.delete(Pods, { namespace: 'default', name });
    await node.untilGone('never');
    await node.untilGone('nowhere');
  });

  test('runKubelet() sends SIGTERM after the preStop hook, and SIGKILL when the grace is over', async () => {
    const volumes = [{ name: 'host', hostPath: { path: join(machine.folder, 'stopped'), type: 'DirectoryOrCreate' } }];
    const volumeMounts = [{ name: 'host', mountPath: '/host' }];
    const script = 'trap "echo term >>/host/order; exit 0" TERM; touch /host/ready; sleep 1000 & wait; sleep 1000';
    const lifecycle = { preStop: { exec: { command: ['sh', '-c', 'echo hook >>/host/order'] } } };
    await node.create(
      shellPod('polite', script, {
        spec: { volumes, terminationGracePeriodSeconds: 20 },
        container: { volumeMounts, lifecycle },
      }),
    );
    await node.create(shellPod('deaf', 'trap "" TERM; touch /tmp/ready; while :; do sleep 1; done'));
    await node.until('polite', phaseIs('Running'));
    await node.until('deaf', phaseIs('Running'));
    await eventually(() => readFile(join(machine.folder, 'stopped/ready')));
    for (const name of ['polite', 'deaf']) await node.client.delete(Pods, { namespace: 'default', name });
    await node.untilGone('polite');
    await node.untilGone('deaf');
    assert.equal(await readFile(join(machine.folder, 'stopped/order'), 'utf8'), 'hook\nterm\n');
  });

  test('runKubelet() cuts a long grace short when the pod is deleted again with force', async () => {
    await node.create(
      shellPod('stuck', 'trap "" TERM; while :; do sleep 1; done', { spec: { terminationGracePeriodSeconds: 600 } }),
    );
    const { metadata } = await node.until('stuck', phaseIs('Running'));
    await node.client.delete(Pods, metadata);
    await node.until('stuck', (pod) => pod.metadata.deletionTimestamp !== undefined);
    await node.client.delete(Pods, metadata, { gracePeriodSeconds: 0 });
    const labels = { 'io.kubernetes.pod.uid': metadata.uid };
    await eventually(async () => assert.deepEqual(await machine.containerd.runtime.sandboxes.list({ labels }), []));
  });

  test('runKubelet() refuses what the node has no room for', async () => {
    await node.create(shellPod('huge', 'true', { container: { resources: { requests: { cpu: '1k' } } } }));
    const { status } = await node.until('huge', phaseIs('Failed'));
    assert.equal(status.reason, 'OutOfcpu');
    assert.match(
      status.message ?? '',
      /^Pod was rejected: Node didn't have enough resource: cpu, requested: 1000000, used: /,
    );
  });
});

suite('the kubelet server', () => {
  test('runKubelet() serves kubectl exec, cp, logs -f and port-forward', async () => {
    const script =
      'mkdir /www; echo page >/www/index.html; httpd -p 8080 -h /www; for i in 1 2 3; do echo line $i; done; exec cat';
    await node.create(shellPod('server', script, { container: { stdin: true } }));
    await node.until('server', phaseIs('Running'));
    assert.equal(await node.kubectl(['exec', 'server', '--', 'hostname']), 'server\n');
    assert.equal(await node.kubectl(['exec', '-i', 'server', '--', 'wc', '-c'], { input: 'hello' }), '5\n');
    const failed = await node.tryKubectl(['exec', 'server', '--', 'sh', '-c', 'exit 5']);
    assert.equal(failed.status, 5);
    await node.kubectl(['cp', join(import.meta.dirname, 'kubelet.ts'), 'server:/tmp/copy']);
    assert.match(await node.kubectl(['exec', 'server', '--', 'head', '-c', '3', '/tmp/copy']), /^\/\*\*$/);
    assert.equal(await node.kubectl(['logs', 'server', '--tail=2']), 'line 2\nline 3\n');
    assert.match(await node.kubectl(['logs', 'server', '--tail=1', '--timestamps']), /^\d{4}-\S+Z line 3\n$/);
    assert.equal(await node.kubectl(['logs', 'server', '--limit-bytes=4']), 'line');
    assert.equal(await node.forwarded('server', 8080), 'page\n');
    // One line back: whether following began before or after the line was typed, it shows.
    const follow = node.kubectl(['logs', '-f', 'server', '--tail=1']);
    await node.kubectl(['attach', '-i', 'server'], { input: 'typed\n' });
    await eventually(async () => assert.match(await node.kubectl(['logs', 'server', '--tail=1']), /^typed\n$/));
    await node.kubectl(['delete', 'pod', 'server', '--now']);
    assert.match(await follow, /typed\n/);
  });

  test('runKubelet() lets nobody in but the API server and administrators', async () => {
    const port = await kubeletPort();
    assert.deepEqual(await ask({ port, path: '/pods' }), [401, 'Unauthorized\n']);
    const { clients, apiserverKubeletClient } = node.certificates;
    const pair = ({ certificate, key }: { certificate: string; key: string }) => ({ cert: certificate, key });
    const [status] = await ask({ port, path: '/pods', ...pair(clients.scheduler) });
    assert.equal(status, 403);
    assert.deepEqual(await ask({ port, path: '/healthz', ...pair(apiserverKubeletClient) }), [200, 'ok']);
    const [found, summary] = await ask({ port, path: '/stats/summary', ...pair(apiserverKubeletClient) });
    assert.equal(found, 200);
    assert.equal((JSON.parse(summary) as { node: { nodeName: string } }).node.nodeName, node.name);
  });
});

test('runKubelet() takes over the pods that run when it starts, and ends those that were deleted meanwhile', async () => {
  await node.create(shellPod('kept', 'exec sleep 1000'));
  await node.create(shellPod('lost', 'exec sleep 1000'));
  const earlier = await node.until('kept', phaseIs('Running'));
  const lost = await node.until('lost', phaseIs('Running'));
  await node.stopKubelet();
  await node.client.delete(Pods, lost.metadata, { gracePeriodSeconds: 0 });
  node.startKubelet();
  const labels = { 'io.kubernetes.pod.uid': lost.metadata.uid };
  await eventually(async () => assert.deepEqual(await machine.containerd.runtime.sandboxes.list({ labels }), []));
  const { status } = await node.get('kept');
  assert.equal(status.containerStatuses?.[0]?.containerID, earlier.status.containerStatuses?.[0]?.containerID);
  assert.equal(status.containerStatuses?.[0]?.restartCount, 0);
  await node.kubectl(['delete', 'pod', 'kept', '--now']);
});

test('runKubelet() brings a pod back whose traces the runtime has lost', async () => {
  const volumes = [{ name: 'data', emptyDir: {} }];
  const volumeMounts = [{ name: 'data', mountPath: '/data' }];
  const script = 'date >>/data/runs; exec sleep 1000';
  await node.create(shellPod('phoenix', script, { spec: { volumes }, container: { volumeMounts } }));
  const { metadata } = await node.until('phoenix', phaseIs('Running'));
  await node.stopKubelet();
  const { sandboxes } = machine.containerd.runtime;
  for (const { id } of await sandboxes.list({ labels: { 'io.kubernetes.pod.uid': metadata.uid } })) {
    await sandboxes.stop(id);
    await sandboxes.remove(id);
  }
  node.startKubelet();
  const isBack = ({ status }: Awaited<ReturnType<TestNode['get']>>): boolean =>
    status.containerStatuses?.[0]?.restartCount === 1 && status.containerStatuses[0].ready;
  await node.until('phoenix', isBack);
  assert.equal(await node.kubectl(['exec', 'phoenix', '--', 'wc', '-l', '/data/runs']), '2 /data/runs\n');
  await node.kubectl(['delete', 'pod', 'phoenix', '--now']);
});

test('runKubelet() registers a node that is ready, with a lease', async () => {
  const { status, metadata } = await node.client.get(Nodes, { name: node.name });
  assert.equal(metadata.labels?.['kubernetes.io/hostname'], node.name);
  assert.deepEqual(
    status.conditions?.map(({ type, status: value, reason }) => `${type}=${value} ${reason}`),
    [
      'MemoryPressure=False KubeletHasSufficientMemory',
      'DiskPressure=False KubeletHasNoDiskPressure',
      'PIDPressure=False KubeletHasSufficientPID',
      'Ready=True KubeletReady',
    ],
  );
  assert.match(await node.kubectl(['get', 'node', node.name]), /node-1 +Ready +<none> +\S+ +v1\.36/);
  const lease = await node.kubectl([
    'get',
    'lease',
    '-n',
    'kube-node-lease',
    node.name,
    '-o',
    'jsonpath={.spec.holderIdentity}',
  ]);
  assert.equal(lease, node.name);
});

async function kubeletPort(): Promise<number> {
  const { status } = await node.client.get(Nodes, { name: node.name });
  return status.daemonEndpoints.kubeletEndpoint.Port;
}

function ask(options: { port: number; path: string; cert?: string; key?: string }): Promise<[number, string]> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', rejectUnauthorized: false, agent: false, ...options }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => resolve([response.statusCode ?? 0, text]));
    });
    sent.on('error', reject);
    sent.end();
  });
}

/** The kubelet on a private containerd, against a real API server: what users of a node see. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { silentLog } from '../base/log.ts';
import { leftovers, machineState, type MachineState } from '../../test/leftovers.ts';
import { startTestNode, type NewPod, type TestNode } from '../../test/test-node.ts';
import { startContainerd, type PrivateContainerd } from './runtimes/containerd.ts';
import { writeImageArchive } from './runtimes/image-archive.ts';
import { busyboxRecipe } from './runtimes/machine-images.ts';

const image = 'slipway.local/busybox:test';
let folder: string;
let machine: MachineState;
let containerd: PrivateContainerd;
let node: TestNode;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-kubelet-'));
  machine = await machineState();
  containerd = await startContainerd({
    dataDirectory: join(folder, 'c'),
    instance: 'kblt',
    podSubnet: '10.251.8.0/24',
    log: silentLog,
  });
  await writeImageArchive(join(folder, 'busybox.tar'), await busyboxRecipe(image));
  await containerd.runtime.images.load(join(folder, 'busybox.tar'));
  const { runtime, cgroupRoot } = containerd;
  node = await startTestNode({ runtime, cgroupRoot, directory: folder });
});

after(async () => {
  await node?.stop();
  await containerd?.stop();
  const left = await leftovers(folder, machine);
  await rm(folder, { recursive: true, force: true });
  assert.deepEqual(left, []);
});

function shell(name: string, script: string, spec: Partial<NewPod['spec']> = {}): NewPod {
  const container = { name: 'main', image, command: ['sh', '-c', script] };
  return {
    metadata: { name, namespace: 'default' },
    spec: { terminationGracePeriodSeconds: 1, ...spec, containers: [container] },
  };
}

test('runKubelet() runs a pod, reports its status and its log, and deletes it', async () => {
  await node.create(shell('web', 'echo hello; exec sleep 1000'));
  const pod = await node.until('web', ({ status }) => status.phase === 'Running');
  assert.match(pod.status.podIP ?? '', /^10\.251\.8\./);
  const [status] = pod.status.containerStatuses ?? [];
  assert.equal(status?.ready, true);
  const log = join(folder, 'kubelet/logs', `default_web_${pod.metadata.uid}`, 'main/0.log');
  assert.match(await readFile(log, 'utf8'), / stdout F hello\n/);
  console.error(JSON.stringify(pod.status, null, 1), await node.events('web'));
  await node.client.delete((await import('../api/resources.ts')).Pods, { namespace: 'default', name: 'web' });
  await node.untilGone('web');
  assert.deepEqual(await containerd.runtime.sandboxes.list(), []);
});

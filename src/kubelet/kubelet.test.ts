/** The kubelet on the simulated runtime: the same life of a pod without root, and many pods at once. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Pods } from '../api/resources.ts';
import { systemClock } from '../base/clock.ts';
import { shellPod } from '../../test/test-machine.ts';
import { startTestNode, type TestNode } from '../../test/test-node.ts';
import { eventually } from '../../test/eventually.ts';
import { createSimulatedRuntime } from './runtimes/simulated.ts';

let node: TestNode;

before(async () => {
  node = await startTestNode({ runtime: createSimulatedRuntime({ clock: systemClock }), simulated: true });
});

after(() => node?.stop());

test('runKubelet() runs simulated pods with volumes, probes and logs', async () => {
  await node.create(
    shellPod('web', 'echo hello; sleep 1000', {
      spec: { volumes: [{ name: 'v', emptyDir: { medium: 'Memory' } }] },
      container: { readinessProbe: { httpGet: { path: '/', port: 80 }, periodSeconds: 1 } },
    }),
  );
  await node.until(
    'web',
    ({ status }) => status.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false,
  );
  assert.equal(await node.kubectl(['logs', 'web']), 'hello\n');
  await node.kubectl(['delete', 'pod', 'web', '--now']);
  await node.untilGone('web');
});

test('runKubelet() runs a job to its end', async () => {
  await node.create(shellPod('job', 'exit 3', { spec: { restartPolicy: 'Never' } }));
  const { status } = await node.until('job', (pod) => pod.status.phase === 'Failed');
  assert.equal(status.containerStatuses?.[0]?.state.terminated?.exitCode, 3);
});

test('runKubelet() starts and ends a hundred pods', async () => {
  const names = Array.from({ length: 100 }, (_, i) => `many-${i}`);
  await Promise.all(names.map((name) => node.create(shellPod(name, 'sleep 1000'))));
  const list = async () =>
    (await node.client.list(Pods, { namespace: 'default' })).items.filter(({ metadata }) =>
      names.includes(metadata.name),
    );
  await eventually(async () => {
    const running = (await list()).filter(({ status }) => status.phase === 'Running');
    assert.equal(running.length, names.length);
  });
  await node.client.deleteCollection(Pods, { namespace: 'default' });
  await eventually(async () => assert.equal((await list()).length, 0));
});

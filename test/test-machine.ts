/** A private containerd with a busybox image and a node on top, for end-to-end tests; nothing of it may be left on the machine. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '../src/base/log.ts';
import { startContainerd, type PrivateContainerd } from '../src/kubelet/runtimes/containerd.ts';
import { writeImageArchive } from '../src/kubelet/runtimes/image-archive.ts';
import { busyboxRecipe } from '../src/kubelet/runtimes/machine-images.ts';
import { leftovers, machineState } from './leftovers.ts';
import { startTestNode, type NewPod, type TestNode } from './test-node.ts';

export const busyboxImage = 'slipway.local/busybox:test';

export interface TestMachine {
  readonly folder: string;
  readonly containerd: PrivateContainerd;
  readonly node: TestNode;
  /** Ends everything, and asserts that nothing is left. */
  stop(): Promise<void>;
}

/** `instance` and `podSubnet` must differ from those of other tests. */
export async function startTestMachine(instance: string, podSubnet: string): Promise<TestMachine> {
  const folder = await mkdtemp(join(tmpdir(), `slipway-${instance}-`));
  const machine = await machineState();
  const containerd = await startContainerd({ dataDirectory: join(folder, 'c'), instance, podSubnet, log: silentLog });
  await writeImageArchive(join(folder, 'busybox.tar'), await busyboxRecipe(busyboxImage));
  const { runtime, cgroupRoot } = containerd;
  await runtime.images.load(join(folder, 'busybox.tar'));
  const node = await startTestNode({ runtime, cgroupRoot, directory: folder });
  return {
    folder,
    containerd,
    node,
    async stop() {
      await node.stop();
      await containerd.stop();
      const left = await leftovers(folder, machine);
      await rm(folder, { recursive: true, force: true });
      // Other clusters of this machine come and go meanwhile.
      assert.deepEqual(
        left.filter((thing) => thing.includes(folder) || thing.includes(instance)),
        [],
      );
    },
  };
}

type PodSpec = NonNullable<NewPod['spec']>;
type Container = PodSpec['containers'][number];

/** A pod of one container that runs a shell script. */
export function shellPod(
  name: string,
  script: string,
  { spec = {}, container = {} }: { readonly spec?: Partial<PodSpec>; readonly container?: Partial<Container> } = {},
): NewPod {
  const main = shellContainer('main', script, container);
  return {
    metadata: { name, namespace: 'default' },
    spec: { terminationGracePeriodSeconds: 1, ...spec, containers: [main, ...(spec.containers ?? [])] },
  };
}

export function shellContainer(name: string, script: string, rest: Partial<Container> = {}): Container {
  return { name, image: busyboxImage, command: ['sh', '-c', script], ...rest };
}

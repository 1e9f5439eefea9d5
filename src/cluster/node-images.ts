/** The images of a running cluster's first node, from another process. */
import { hostname } from 'node:os';
import { connectToContainerd } from '../kubelet/runtimes/running-containerd.ts';
import { RuntimeError, type ContainerRuntime } from '../kubelet/runtimes/runtime.ts';
import { instanceOf } from './cluster-network.ts';
import { dataDirectoryLayout } from './data-directory.ts';
import { containerdDirectory } from './real-node.ts';
import { SetupError } from './setup-error.ts';

/** Runs the action on the runtime of the cluster's real node. @throws SetupError when that has none or does not run. */
export async function withNodeRuntime<Result>(
  dataDirectory: string,
  action: (runtime: ContainerRuntime) => Promise<Result>,
): Promise<Result> {
  const layout = dataDirectoryLayout(dataDirectory);
  const directory = containerdDirectory(layout.node(hostname().toLowerCase()));
  const runtime = await connectToContainerd(directory, instanceOf(layout.path)).catch((error: unknown) => {
    if (!(error instanceof RuntimeError)) throw error;
    throw new SetupError(
      `Cannot reach the images of the cluster in "${layout.path}": no containerd runs for it. Start it with slipway up (a simulated node needs no images), or name its data directory with --data-dir`,
      { cause: error },
    );
  });
  try {
    return await action(runtime);
  } finally {
    runtime.close();
  }
}

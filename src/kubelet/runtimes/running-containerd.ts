/** The private containerd that another process started: for commands that look at its images. */
import { readFile } from 'node:fs/promises';
import { createCriRuntime } from '../cri/cri-runtime.ts';
import { containerdPaths } from './containerd-config.ts';
import { parseImportedImages } from './containerd.ts';
import type { ContainerRuntime } from './runtime.ts';
import { RuntimeError } from './runtime.ts';
import { runProgram } from './run-program.ts';

const namespace = 'k8s.io';

/**
 * @param instance as it was started with.
 * @throws RuntimeError `Unavailable` when none was started there, or it does not run.
 */
export async function connectToContainerd(dataDirectory: string, instance: string): Promise<ContainerRuntime> {
  const paths = containerdPaths(dataDirectory, instance);
  const config = await readFile(paths.config, 'utf8').catch(() => undefined);
  const snapshotter = /^snapshotter = "(\w+)"$/m.exec(config ?? '')?.[1];
  if (snapshotter === undefined) throw new RuntimeError('Unavailable', `There is no containerd in "${dataDirectory}"`);
  const runtime = createCriRuntime({
    socketPath: paths.socket,
    async loadImage(file) {
      const address = ['--address', paths.socket, '--namespace', namespace];
      const printed = await runProgram('ctr', [...address, 'images', 'import', '--snapshotter', snapshotter, file]);
      return parseImportedImages(printed);
    },
  });
  try {
    await runtime.version();
    return runtime;
  } catch (error) {
    runtime.close();
    throw new RuntimeError('Unavailable', `The containerd of "${dataDirectory}" does not run`, { cause: error });
  }
}

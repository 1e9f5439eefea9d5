/** An image for tests, made of this machine's busybox: a shell, the usual small tools, a web server. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeImageArchive } from '../src/kubelet/runtimes/image-archive.ts';
import { busyboxRecipe } from '../src/kubelet/runtimes/machine-images.ts';
import type { TestCluster } from './cluster.ts';

/** The image of the chart in examples/. */
export const busyboxImage = 'slipway.local/busybox:1';

/** Loads the images with `slipway image load`. */
export async function loadBusybox(cluster: TestCluster, references: readonly string[] = [busyboxImage]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-image-'));
  try {
    for (const reference of references) {
      const file = join(folder, 'busybox.tar');
      await writeImageArchive(file, await busyboxRecipe(reference));
      const { status, stdout, stderr } = await cluster.slipway(['image', 'load', file]);
      if (status !== 0 || !stdout.includes(reference)) throw new Error(`Cannot load ${reference}: ${stdout}${stderr}`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

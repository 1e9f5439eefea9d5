/** Images for tests, made of this machine's programs and brought to the node with `slipway image load`. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeImageArchive, type ImageRecipe } from '../src/kubelet/runtimes/image-archive.ts';
import { busyboxRecipe } from '../src/kubelet/runtimes/machine-images.ts';
import type { TestCluster } from './cluster.ts';

/** A shell, the usual small tools, a web server: the image of the chart in examples/. */
export const busyboxImage = 'slipway.local/busybox:1';

export async function loadBusybox(cluster: TestCluster, references: readonly string[] = [busyboxImage]): Promise<void> {
  for (const reference of references) await loadImage(cluster, await busyboxRecipe(reference));
}

export async function loadImage(cluster: TestCluster, recipe: ImageRecipe): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-image-'));
  try {
    const file = join(folder, 'image.tar');
    await writeImageArchive(file, recipe);
    const { status, stdout, stderr } = await cluster.slipway(['image', 'load', file]);
    if (status !== 0 || !stdout.includes(recipe.reference)) {
      throw new Error(`Cannot load ${recipe.reference}: ${stdout}${stderr}`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Serves claims of the class `standard`, and of others that name it, with folders of the nodes that this process runs. */
import { chmod, mkdir, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isApiError } from '../api/api-error.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../api/groups/core.v1.ts';
import { Nodes, PersistentVolumeClaims, PersistentVolumes, StorageClasses } from '../api/resources.ts';
import { errorText } from '../base/log.ts';
import type { ComponentContext } from '../client/component.ts';
import { createEventRecorder, type EventRecorder } from '../client/events.ts';
import { objectKey, splitKey, type Informer } from '../client/informer.ts';
import { createInformers } from '../client/shared-informers.ts';
import { WorkQueue } from '../client/work-queue.ts';
import { grownClaim, grownVolume, wantedSize } from './growth.ts';
import {
  classOfClaim,
  folderName,
  isServed,
  newVolume,
  planFolder,
  planRemoval,
  provisionerName,
  volumeName,
  withFinalizer,
  withoutFinalizer,
} from './plan.ts';

export interface LocalPathOptions {
  /** The folder for a node's volumes; made when the first is. Undefined: the node is another's. */
  readonly folderOf: (nodeName: string) => string | undefined;
}

/** A class is read late, and a refused claim looked at again, as rarely as Kubernetes' binder does. */
const lookAgainMs = 15_000;

export async function runLocalPath(
  signal: AbortSignal,
  context: ComponentContext,
  options: LocalPathOptions,
): Promise<void> {
  const informers = createInformers({ ...context, signal });
  const events = createEventRecorder({ ...context, component: provisionerName, signal });
  const queue = new WorkQueue({ ...context, workers: 4 });
  const claims = informers.of(PersistentVolumeClaims);
  const volumes = informers.of(PersistentVolumes);
  const classes = informers.of(StorageClasses);
  const serves = (nodeName: string): boolean => options.folderOf(nodeName) !== undefined;
  const world: World = { context, events, claims, volumes, folderOf: options.folderOf };
  claims.onChange(({ object }) => queue.add(objectKey(object)));
  volumes.onChange(({ object }) => queue.add(object.metadata.name));
  // A claim may be seen before its class is.
  classes.onChange(() => {
    for (const claim of claims.list()) if ((claim.spec.volumeName ?? '') === '') queue.add(objectKey(claim));
  });
  const synced = [claims, volumes, classes].map((informer) => informer.whenSynced());
  await Promise.all(synced).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  await queue.run(signal, async (key) => {
    const { namespace, name } = splitKey(key);
    if (namespace === undefined) return await syncVolume(world, name, serves);
    const claim = claims.get(namespace, name);
    if (claim === undefined) return;
    const bound = volumes.get(undefined, claim.spec.volumeName ?? '');
    if (bound !== undefined && isServed(bound, serves)) return await grow(world, claim, bound);
    const storageClass = classes.get(undefined, classOfClaim(claim));
    const plan = planFolder(claim, storageClass, serves);
    if (plan.type === 'refuse') {
      events.event(claim, 'Warning', 'ProvisioningFailed', plan.message);
      return { afterMs: lookAgainMs };
    }
    if (plan.type === 'make' && storageClass !== undefined) {
      await make(world, claim, { storageClass, nodeName: plan.nodeName });
    }
  });
  await informers.whenEnded();
}

interface World extends LocalPathOptions {
  readonly context: ComponentContext;
  readonly events: EventRecorder;
  readonly claims: Informer<PersistentVolumeClaim>;
  readonly volumes: Informer<PersistentVolume>;
}

interface Place {
  readonly storageClass: Parameters<typeof newVolume>[1];
  readonly nodeName: string;
}

async function make({ context, events, folderOf }: World, claim: PersistentVolumeClaim, place: Place): Promise<void> {
  const { client } = context;
  const { storageClass, nodeName } = place;
  const name = volumeName(claim);
  if ((await client.find(PersistentVolumes, { name })) !== undefined) return;
  const about = `"${claim.metadata.namespace}/${claim.metadata.name}"`;
  events.event(claim, 'Normal', 'Provisioning', `External provisioner is provisioning volume for claim ${about}`);
  const path = join(folderOf(nodeName) ?? '', folderName(claim));
  try {
    const node = await client.get(Nodes, { name: nodeName });
    await mkdir(path, { recursive: true });
    // Pods write as whoever they are, as on a volume of their own.
    await chmod(path, 0o777);
    await client.create(PersistentVolumes, newVolume(claim, storageClass, { path, node }));
  } catch (error) {
    if (isApiError(error, 'AlreadyExists')) return;
    // Nothing is in it yet; the next try makes it again.
    await rmdir(path).catch(() => undefined);
    const why = `failed to provision volume with StorageClass "${storageClass.metadata.name}": ${errorText(error)}`;
    events.event(claim, 'Warning', 'ProvisioningFailed', why);
    throw error;
  }
  events.event(claim, 'Normal', 'ProvisioningSucceeded', `Successfully provisioned volume ${name}`);
}

async function grow(
  { context: { client }, events }: World,
  claim: PersistentVolumeClaim,
  volume: PersistentVolume,
): Promise<void> {
  const storage = wantedSize(claim, volume);
  if (storage === undefined) return;
  const { name } = volume.metadata;
  events.event(claim, 'Normal', 'Resizing', `External resizer is resizing volume ${name}`);
  const grown = grownVolume(volume, storage);
  if (grown !== volume) await client.update(PersistentVolumes, grown);
  await client.updateStatus(PersistentVolumeClaims, grownClaim(claim, storage));
  events.event(claim, 'Normal', 'VolumeResizeSuccessful', 'Resize volume succeeded');
}

async function syncVolume(world: World, name: string, serves: (nodeName: string) => boolean): Promise<void> {
  const { client } = world.context;
  const volume = world.volumes.get(undefined, name);
  if (volume === undefined) return;
  const plan = planRemoval(volume, serves);
  switch (plan.type) {
    case 'nothing':
      return;
    case 'hold':
      await client.update(PersistentVolumes, withFinalizer(volume));
      return;
    case 'let-go':
      await client.update(PersistentVolumes, withoutFinalizer(volume));
      return;
    case 'remove':
      await removeVolume(world, volume, plan);
  }
}

async function removeVolume(
  { context, events, folderOf }: World,
  volume: PersistentVolume,
  { path, nodeName }: { readonly path: string; readonly nodeName: string },
): Promise<void> {
  const { client } = context;
  const { name, uid } = volume.metadata;
  const latest = await client.find(PersistentVolumes, { name });
  if (latest?.metadata.uid !== uid || latest.metadata.resourceVersion !== volume.metadata.resourceVersion) return;
  try {
    if (dirname(path) !== folderOf(nodeName)) throw new Error(`"${path}" is not below the node's folder for volumes`);
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    events.event(volume, 'Warning', 'VolumeFailedDelete', errorText(error));
    throw error;
  }
  try {
    if (latest.metadata.deletionTimestamp === undefined) await client.delete(PersistentVolumes, { name }, { uid });
    const left = await client.find(PersistentVolumes, { name });
    if (left?.metadata.uid === uid) await client.update(PersistentVolumes, withoutFinalizer(left));
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error;
  }
}

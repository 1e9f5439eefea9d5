/**
 * Binds claims and volumes to one another. A key with a slash is a claim, one without is a volume.
 *
 * Claims that wait are looked at again every 15 s, and when a volume or a class appears that may suit them.
 */
import type { PersistentVolume, PersistentVolumeClaim, Pod } from '../../api/groups/core.v1.ts';
import type { StorageClass } from '../../api/groups/storage.v1.ts';
import { PersistentVolumeClaims, PersistentVolumes, Pods, StorageClasses } from '../../api/resources.ts';
import type { Resource } from '../../api/resource.ts';
import { objectKey, splitKey, type Informer } from '../../client/informer.ts';
import type { WorkResult } from '../../client/work-queue.ts';
import type { Controller, Run } from '../controller.ts';
import { isPodFinished } from '../pod-state.ts';
import { claimNames } from '../storage-protection/plan.ts';
import { bindCompleted, classOf, hasAnnotation } from '../volume-annotations.ts';
import {
  bindClaim,
  bindVolume,
  boundClaimStatus,
  unbindVolume,
  unboundClaimStatus,
  withVolumePhase,
} from './binding.ts';
import { defaultStorageClass } from './default-class.ts';
import { volumeMismatch } from './match.ts';
import { isReleased, planClaim, planVolume } from './plan.ts';
import { namingProvisioner, withMigration, withoutBuiltInFinalizer } from './provisioning.ts';
import { planReclaim } from './reclaim.ts';

interface Copies {
  readonly claims: Informer<PersistentVolumeClaim>;
  readonly volumes: Informer<PersistentVolume>;
  readonly classes: Informer<StorageClass>;
  readonly pods: Informer<Pod>;
  enqueue(key: string): void;
}

const lookAgainMs = 15_000;
const suitorsMax = 4;
const byClass = 'class';
const byClaim = 'claim';
const byVolume = 'volume';

export const persistentVolumeBinderController: Controller = {
  name: 'persistentvolume-binder-controller',
  eventSource: 'persistentvolume-controller',
  alias: 'persistentvolume-binder',
  start({ informer, enqueue }) {
    const copies: Copies = {
      claims: informer(PersistentVolumeClaims),
      volumes: informer(PersistentVolumes),
      classes: informer(StorageClasses),
      pods: informer(Pods),
      enqueue,
    };
    follow(copies);
    return (key, run) => {
      const { namespace, name } = splitKey(key);
      return namespace === undefined ? syncVolume(copies, run, name) : syncClaim(copies, run, namespace, name);
    };
  },
};

function follow(copies: Copies): void {
  const { claims, volumes, classes, pods, enqueue } = copies;
  claims.addIndexes({
    [byClass]: (claim) => (isUnbound(claim) ? [classOf(claim)] : []),
    [byVolume]: (claim) => (claim.spec.volumeName === undefined ? [] : [claim.spec.volumeName]),
  });
  volumes.addIndexes({
    [byClass]: (volume) => (volume.spec.claimRef === undefined ? [classOf(volume)] : []),
    [byClaim]: (volume) => [claimKey(volume)],
  });
  pods.addIndexes({ [byClaim]: (pod) => claimNames(pod).map((name) => `${pod.metadata.namespace}/${name}`) });
  claims.onChange(({ type, object }) => {
    enqueue(objectKey(object));
    const { volumeName = '' } = object.spec;
    if (volumeName !== '') enqueue(volumeName);
    if (type === 'deleted')
      for (const volume of volumes.byIndex(byClaim, objectKey(object))) enqueue(volume.metadata.name);
  });
  volumes.onChange(({ object }) => {
    enqueue(object.metadata.name);
    const concerned = new Set(claims.byIndex(byVolume, object.metadata.name).map(objectKey));
    if (object.spec.claimRef !== undefined) concerned.add(claimKey(object));
    else for (const claim of suitors(copies, object)) concerned.add(objectKey(claim));
    for (const key of concerned) enqueue(key);
  });
  classes.onChange(({ object }) => {
    for (const name of ['', object.metadata.name]) {
      for (const claim of claims.byIndex(byClass, name)) enqueue(objectKey(claim));
    }
  });
}

/** A few of the claims that a free volume would suit: the others look again soon anyway, and it serves only one. */
function suitors({ claims, classes }: Copies, volume: PersistentVolume): readonly PersistentVolumeClaim[] {
  const name = classOf(volume);
  const waits = classes.get(undefined, name)?.volumeBindingMode === 'WaitForFirstConsumer';
  const found: PersistentVolumeClaim[] = [];
  if (volume.status.phase !== 'Available' || waits) return found;
  for (const claim of claims.byIndex(byClass, name)) {
    if (volumeMismatch(volume, claim) === undefined) found.push(claim);
    if (found.length === suitorsMax) break;
  }
  return found;
}

async function syncClaim(copies: Copies, run: Run, namespace: string, name: string): Promise<WorkResult> {
  const seen = copies.claims.get(namespace, name);
  if (seen === undefined) return undefined;
  const claim = await updateIfChanged(run, PersistentVolumeClaims, seen, withMigration(seen));
  const plan = planClaim(claim, claimWorld(copies, claim));
  switch (plan.type) {
    case 'bind':
      await bind(run, plan.volume, claim);
      return undefined;
    case 'pending':
      if (plan.event !== undefined) run.note(claim, plan.event);
      await writeClaimStatus(run, claim, unboundClaimStatus(claim, 'Pending'));
      break;
    case 'lost':
      if (claim.status.phase === 'Lost') return undefined;
      await writeClaimStatus(run, claim, unboundClaimStatus(claim, 'Lost'));
      run.note(claim, plan.event);
      return undefined;
    case 'classify': {
      const { storageClassName } = plan;
      await run.client.update(PersistentVolumeClaims, { ...claim, spec: { ...claim.spec, storageClassName } });
      return undefined;
    }
    case 'ask':
      await updateIfChanged(run, PersistentVolumeClaims, claim, namingProvisioner(claim, plan.provisioner));
      run.note(claim, plan.event);
      break;
    case 'tell':
      run.note(claim, plan.event);
  }
  return { afterMs: lookAgainMs };
}

function claimWorld({ volumes, classes, pods }: Copies, claim: PersistentVolumeClaim) {
  const key = objectKey(claim);
  const waiting = (pod: Pod): boolean => !isPodFinished(pod) && (pod.spec.nodeName ?? '') === '';
  return {
    volume: (name: string) => volumes.get(undefined, name),
    candidates: [...volumes.byIndex(byClaim, key), ...volumes.byIndex(byClass, classOf(claim))],
    storageClass: (name: string) => (name === '' ? undefined : classes.get(undefined, name)),
    defaultClass: defaultStorageClass(classes.list()),
    waitingPods: pods
      .byIndex(byClaim, key)
      .filter(waiting)
      .map(({ metadata }) => metadata.name),
  };
}

/** The order of the writes is that of binding.ts; whatever fails is made good by the next run. */
async function bind(run: Run, volume: PersistentVolume, claim: PersistentVolumeClaim): Promise<void> {
  const named = await updateIfChanged(run, PersistentVolumes, volume, bindVolume(volume, claim));
  const held = await writeVolumePhase(run, named, 'Bound');
  const bound = await updateIfChanged(run, PersistentVolumeClaims, claim, bindClaim(claim, held));
  await writeClaimStatus(run, bound, boundClaimStatus(bound, held));
}

async function syncVolume(copies: Copies, run: Run, name: string): Promise<WorkResult> {
  const seen = copies.volumes.get(undefined, name);
  if (seen === undefined) return undefined;
  const wanted = withoutBuiltInFinalizer(withMigration(seen));
  const volume = await updateIfChanged(run, PersistentVolumes, seen, wanted);
  const claim = await ownerOf(copies, run, volume);
  const plan = planVolume(volume, claim);
  switch (plan.type) {
    case 'phase':
      await writeVolumePhase(run, volume, plan.phase);
      return undefined;
    case 'wake-claim':
      copies.enqueue(claimKey(volume));
      return undefined;
    case 'mismatch':
      run.note(volume, plan.forVolume);
      if (claim !== undefined) run.note(claim, plan.forClaim);
      return { afterMs: lookAgainMs };
    case 'unbind':
      await offerAgain(run, volume);
      return undefined;
    case 'reclaim':
      return await reclaim(run, volume, claim);
  }
}

/** The claim that the volume names, by the server's own word when the copy does not know it: a volume is not given up lightly. */
async function ownerOf(
  { claims }: Copies,
  { client }: Run,
  { spec, status }: PersistentVolume,
): Promise<PersistentVolumeClaim | undefined> {
  const { namespace, name = '', uid = '' } = spec.claimRef ?? {};
  if (uid === '' || namespace === undefined) return undefined;
  const known = claims.get(namespace, name);
  if (known?.metadata.uid === uid) return known;
  if (known === undefined && (status.phase === 'Released' || status.phase === 'Failed')) return undefined;
  const latest = await client.find(PersistentVolumeClaims, { namespace, name });
  return latest?.metadata.uid === uid ? latest : undefined;
}

async function reclaim(
  run: Run,
  volume: PersistentVolume,
  claim: PersistentVolumeClaim | undefined,
): Promise<WorkResult> {
  const { phase } = volume.status;
  const released = phase === 'Failed' ? volume : await writeVolumePhase(run, volume, 'Released');
  if (!isReleased(released, claim)) return undefined;
  const plan = planReclaim(released);
  if (plan.type !== 'fail' || phase === 'Failed') return undefined;
  await writeVolumePhase(run, released, 'Failed', plan.event.message);
  run.note(released, plan.event);
  return undefined;
}

async function offerAgain(run: Run, volume: PersistentVolume): Promise<void> {
  const free = await run.client.update(PersistentVolumes, unbindVolume(volume));
  await writeVolumePhase(run, free, 'Available');
}

async function updateIfChanged<T, I>(run: Run, resource: Resource<T, I>, before: T, after: T): Promise<T> {
  return after === before ? before : run.client.update(resource, after);
}

async function writeVolumePhase(
  { client }: Run,
  volume: PersistentVolume,
  phase: string,
  message?: string,
): Promise<PersistentVolume> {
  const changed = withVolumePhase(volume, phase, message);
  return changed === volume ? volume : client.updateStatus(PersistentVolumes, changed);
}

async function writeClaimStatus(
  { client }: Run,
  before: PersistentVolumeClaim,
  after: PersistentVolumeClaim,
): Promise<void> {
  if (after !== before) await client.updateStatus(PersistentVolumeClaims, after);
}

function isUnbound(claim: PersistentVolumeClaim): boolean {
  return !hasAnnotation(claim, bindCompleted) && (claim.spec.volumeName ?? '') === '';
}

function claimKey({ spec: { claimRef } }: PersistentVolume): string {
  return claimRef === undefined ? '' : `${claimRef.namespace ?? ''}/${claimRef.name ?? ''}`;
}

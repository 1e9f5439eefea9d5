/** Lets go of claims that no pod uses any more, of volumes that no claim is bound to, of classes of attributes that none has. */
import type { PersistentVolumeClaim, Pod } from '../../api/groups/core.v1.ts';
import { PersistentVolumeClaims, PersistentVolumes, Pods, VolumeAttributesClasses } from '../../api/resources.ts';
import { objectKey, splitKey, type Informer } from '../../client/informer.ts';
import type { Controller, Run } from '../controller.ts';
import {
  attributesFinalizer,
  attributesOfClaim,
  attributesOfVolume,
  claimFinalizer,
  claimNames,
  isShutDown,
  isVolumeInUse,
  planFinalizers,
  podUsesClaim,
  volumeFinalizer,
} from './plan.ts';

const byClaim = 'claim';
const byAttributes = 'attributes';

export const claimProtectionController: Controller = {
  name: 'persistentvolumeclaim-protection-controller',
  alias: 'pvc-protection',
  start({ informer, enqueue }) {
    const claims = informer(PersistentVolumeClaims);
    const pods = informer(Pods);
    const keysOf = (pod: Pod) => claimNames(pod).map((name) => `${pod.metadata.namespace}/${name}`);
    pods.addIndexes({ [byClaim]: keysOf });
    claims.onChange(({ object }) => enqueue(objectKey(object)));
    pods.onChange(({ type, object }) => {
      if (type === 'deleted' || isShutDown(object)) for (const key of keysOf(object)) enqueue(key);
    });
    return async (key, run) => {
      const { namespace, name } = splitKey(key);
      const claim = claims.get(namespace, name);
      if (claim === undefined) return;
      const known = pods.byIndex(byClaim, key).some((pod) => podUsesClaim(pod, claim));
      const finalizers = planFinalizers(claim, claimFinalizer, known || (await isUsed(claim, run, pods)));
      if (finalizers === undefined) return;
      await run.client.update(PersistentVolumeClaims, { ...claim, metadata: { ...claim.metadata, finalizers } });
    };
  },
};

/** By the server's own list: a pod that the copy does not show yet would lose its data. */
async function isUsed(claim: PersistentVolumeClaim, { client }: Run, pods: Informer<Pod>): Promise<boolean> {
  const { namespace, deletionTimestamp } = claim.metadata;
  if (deletionTimestamp === undefined) return false;
  const { items } = await client.list(pods.resource, { namespace });
  return items.some((pod) => podUsesClaim(pod, claim));
}

export const volumeProtectionController: Controller = {
  name: 'persistentvolume-protection-controller',
  alias: 'pv-protection',
  start({ informer, enqueue }) {
    const volumes = informer(PersistentVolumes);
    volumes.onChange(({ object }) => enqueue(object.metadata.name));
    return async (name, { client }) => {
      const volume = volumes.get(undefined, name);
      if (volume === undefined) return;
      const finalizers = planFinalizers(volume, volumeFinalizer, isVolumeInUse(volume));
      if (finalizers === undefined) return;
      await client.update(PersistentVolumes, { ...volume, metadata: { ...volume.metadata, finalizers } });
    };
  },
};

export const attributesProtectionController: Controller = {
  name: 'volumeattributesclass-protection-controller',
  alias: 'volumeattributesclass-protection',
  start({ informer, enqueue }) {
    const classes = informer(VolumeAttributesClasses);
    const claims = informer(PersistentVolumeClaims);
    const volumes = informer(PersistentVolumes);
    claims.addIndexes({ [byAttributes]: attributesOfClaim });
    volumes.addIndexes({ [byAttributes]: attributesOfVolume });
    classes.onChange(({ object }) => enqueue(object.metadata.name));
    claims.onChange((change) => {
      const before = change.type === 'updated' ? change.previous : change.object;
      for (const name of attributesOfClaim(before)) enqueue(name);
    });
    volumes.onChange((change) => {
      const before = change.type === 'updated' ? change.previous : change.object;
      for (const name of attributesOfVolume(before)) enqueue(name);
    });
    return async (name, { client }) => {
      const attributes = classes.get(undefined, name);
      if (attributes === undefined) return;
      const used = claims.byIndex(byAttributes, name).length + volumes.byIndex(byAttributes, name).length > 0;
      const finalizers = planFinalizers(attributes, attributesFinalizer, used);
      if (finalizers === undefined) return;
      await client.update(VolumeAttributesClasses, { ...attributes, metadata: { ...attributes.metadata, finalizers } });
    };
  },
};

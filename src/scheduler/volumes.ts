/**
 * Claims, volumes and what else decides where storage can be had.
 *
 *   source (what the API said)  ──▶  Volumes  ◀── assumed (what was decided since and is still on its way to the API)
 *
 * An assumption is a changed copy of an object. It holds as long as the source still shows the version it was made from;
 * whatever is newer there puts it right, and a binding that failed takes it back.
 */
import type { PersistentVolume, PersistentVolumeClaim } from '../api/groups/core.v1.ts';
import type {
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  StorageClass,
  VolumeAttachment,
} from '../api/groups/storage.v1.ts';
import type { KubeObject } from '../api/kind.ts';
import {
  CSIDrivers,
  CSINodes,
  CSIStorageCapacities,
  PersistentVolumeClaims,
  PersistentVolumes,
  StorageClasses,
  VolumeAttachments,
} from '../api/resources.ts';
import type { Informers } from '../client/informer.ts';

export interface VolumeSource {
  claim(namespace: string, name: string): PersistentVolumeClaim | undefined;
  volume(name: string): PersistentVolume | undefined;
  /** All volumes of a storage class; '' are those without one. */
  volumesOf(storageClass: string): readonly PersistentVolume[];
  storageClass(name: string): StorageClass | undefined;
  csiNode(nodeName: string): CSINode | undefined;
  csiDriver(name: string): CSIDriver | undefined;
  capacitiesOf(storageClass: string): readonly CSIStorageCapacity[];
  attachmentsOn(nodeName: string): readonly VolumeAttachment[];
  /** Calls back after each change of a claim or a volume. Returns what takes the listener off again. */
  onChange(listener: () => void): () => void;
}

const noSource: VolumeSource = {
  claim: () => undefined,
  volume: () => undefined,
  volumesOf: () => [],
  storageClass: () => undefined,
  csiNode: () => undefined,
  csiDriver: () => undefined,
  capacitiesOf: () => [],
  attachmentsOn: () => [],
  onChange: () => () => undefined,
};

export class Volumes implements VolumeSource {
  readonly source: VolumeSource;
  readonly #claims = new Map<string, PersistentVolumeClaim>();
  readonly #volumes = new Map<string, PersistentVolume>();

  constructor(source: VolumeSource = noSource) {
    this.source = source;
  }

  claim(namespace: string, name: string): PersistentVolumeClaim | undefined {
    return current(this.#claims, `${namespace}/${name}`, this.source.claim(namespace, name));
  }

  volume(name: string): PersistentVolume | undefined {
    return current(this.#volumes, name, this.source.volume(name));
  }

  volumesOf(storageClass: string): readonly PersistentVolume[] {
    const known = this.source.volumesOf(storageClass);
    if (this.#volumes.size === 0) return known;
    return known.map((volume) => current(this.#volumes, volume.metadata.name, volume) ?? volume);
  }

  storageClass(name: string): StorageClass | undefined {
    return this.source.storageClass(name);
  }

  csiNode(nodeName: string): CSINode | undefined {
    return this.source.csiNode(nodeName);
  }

  csiDriver(name: string): CSIDriver | undefined {
    return this.source.csiDriver(name);
  }

  capacitiesOf(storageClass: string): readonly CSIStorageCapacity[] {
    return this.source.capacitiesOf(storageClass);
  }

  attachmentsOn(nodeName: string): readonly VolumeAttachment[] {
    return this.source.attachmentsOn(nodeName);
  }

  onChange(listener: () => void): () => void {
    return this.source.onChange(listener);
  }

  assumeClaim(claim: PersistentVolumeClaim): void {
    this.#claims.set(claimKey(claim), claim);
  }

  assumeVolume(volume: PersistentVolume): void {
    this.#volumes.set(volume.metadata.name, volume);
  }

  forgetClaim(claim: PersistentVolumeClaim): void {
    this.#claims.delete(claimKey(claim));
  }

  forgetVolume(volume: PersistentVolume): void {
    this.#volumes.delete(volume.metadata.name);
  }
}

/** The assumed object while it is based on what the source shows. */
function current<T extends KubeObject>(assumed: Map<string, T>, key: string, known: T | undefined): T | undefined {
  const guess = assumed.get(key);
  if (guess === undefined) return known;
  if (guess.metadata.resourceVersion === known?.metadata.resourceVersion) return guess;
  assumed.delete(key);
  return known;
}

function claimKey({ metadata }: PersistentVolumeClaim): string {
  return `${metadata.namespace}/${metadata.name}`;
}

const classAnnotation = 'volume.beta.kubernetes.io/storage-class';

/** The storage class of a claim or a volume, '' without one; the old annotation goes before the field. */
export function storageClassOf({ metadata, spec }: PersistentVolume | PersistentVolumeClaim): string {
  return metadata.annotations?.[classAnnotation] ?? spec.storageClassName ?? '';
}

/** The kinds that `lookUpVolumes` reads. */
export const volumeResources = [
  PersistentVolumeClaims,
  PersistentVolumes,
  StorageClasses,
  CSINodes,
  CSIDrivers,
  CSIStorageCapacities,
  VolumeAttachments,
] as const;

export function lookUpVolumes(informers: Informers): VolumeSource {
  const claims = informers.of(PersistentVolumeClaims);
  const volumes = informers.of(PersistentVolumes);
  const classes = informers.of(StorageClasses);
  const nodes = informers.of(CSINodes);
  const drivers = informers.of(CSIDrivers);
  const capacities = informers.of(CSIStorageCapacities);
  const attachments = informers.of(VolumeAttachments);
  volumes.addIndexes({ storageClass: (volume) => [storageClassOf(volume)] });
  capacities.addIndexes({ storageClass: (capacity) => [capacity.storageClassName] });
  attachments.addIndexes({ node: (attachment) => [attachment.spec.nodeName] });
  return {
    claim: (namespace, name) => claims.get(namespace, name),
    volume: (name) => volumes.get(undefined, name),
    volumesOf: (storageClass) => volumes.byIndex('storageClass', storageClass),
    storageClass: (name) => classes.get(undefined, name),
    csiNode: (nodeName) => nodes.get(undefined, nodeName),
    csiDriver: (name) => drivers.get(undefined, name),
    capacitiesOf: (storageClass) => capacities.byIndex('storageClass', storageClass),
    attachmentsOn: (nodeName) => attachments.byIndex('node', nodeName),
    onChange(listener) {
      const stop = [claims.onChange(listener), volumes.onChange(listener)];
      return () => {
        for (const off of stop) off();
      };
    },
  };
}

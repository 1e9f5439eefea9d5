/** What is stored of claims and volumes but means nothing any more, or no disk can have. */
import type { PersistentVolume, PersistentVolumeClaim, PersistentVolumeClaimSpec } from '../../groups/core.v1.ts';
import { termWarnings } from '../node-label-warnings.ts';
import { mountAnnotation } from './volume-errors.ts';
import { nanosOf } from '../pod/resources.ts';

type Annotations = Readonly<Record<string, string>> | undefined;

const classAnnotation = 'volume.beta.kubernetes.io/storage-class';
const recycleText =
  'The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.';
const oldSources = {
  cephfs: 'spec.cephfs: deprecated in v1.28, non-functional in v1.31+',
  photonPersistentDisk: 'spec.photonPersistentDisk: deprecated in v1.11, non-functional in v1.16+',
  rbd: 'spec.rbd: deprecated in v1.28, non-functional in v1.31+',
  scaleIO: 'spec.scaleIO: deprecated in v1.16, non-functional in v1.22+',
  storageos: 'spec.storageOS: deprecated in v1.22, non-functional in v1.25+',
  glusterfs: 'spec.glusterfs: deprecated in v1.25, non-functional in v1.26+',
} as const;

export function claimWarnings({ metadata, spec }: PersistentVolumeClaim): readonly string[] {
  return [
    ...annotationWarning(metadata.annotations, classAnnotation, 'deprecated since v1.8; use "storageClassName"'),
    ...claimSpecWarnings(spec, 'spec'),
  ];
}

export function claimSpecWarnings({ resources }: PersistentVolumeClaimSpec, field: string): readonly string[] {
  return [
    ...sizeWarnings(resources?.requests, `${field}.resources.requests`),
    ...sizeWarnings(resources?.limits, `${field}.resources.limits`),
  ];
}

export function volumeSpecWarnings({ metadata, spec }: PersistentVolume): readonly string[] {
  const terms = spec.nodeAffinity?.required?.nodeSelectorTerms ?? [];
  return [
    ...annotationWarning(metadata.annotations, classAnnotation, 'deprecated since v1.8; use "storageClassName"'),
    ...annotationWarning(metadata.annotations, mountAnnotation, 'deprecated since v1.31; use "mountOptions"'),
    ...(spec.persistentVolumeReclaimPolicy === 'Recycle' ? [`spec.persistentVolumeReclaimPolicy: ${recycleText}`] : []),
    ...terms.flatMap((term, index) =>
      termWarnings(term, false, `spec.nodeAffinity.required.nodeSelectorTerms[${index}]`),
    ),
    ...(Object.keys(oldSources) as (keyof typeof oldSources)[])
      .filter((name) => spec[name] != null)
      .map((name) => oldSources[name]),
    ...sizeWarnings(spec.capacity, 'spec.capacity'),
  ];
}

function annotationWarning(annotations: Annotations, key: string, advice: string): readonly string[] {
  return annotations?.[key] === undefined ? [] : [`metadata.annotations[${key}]: ${advice} attribute instead`];
}

function sizeWarnings(amounts: Readonly<Record<string, string>> | undefined, field: string): readonly string[] {
  const text = amounts?.['storage'];
  if (text === undefined || nanosOf(text) % 1_000_000_000n === 0n) return [];
  return [`${field}[storage]: fractional byte value "${text}" is invalid, must be an integer`];
}

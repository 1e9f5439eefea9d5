/** The types of group storage, version v1. */
import { clusterScoped, namespaced } from '../kind.ts';
import { PersistentVolumeSpec, TopologySelectorTerm } from './core.v1.ts';
import { LabelSelector } from './meta.v1.ts';
import {
  always,
  boolean,
  int32,
  int64,
  list,
  map,
  namedString,
  object,
  optional,
  pointer,
  quantity,
  required,
  string,
  time,
  type Static,
} from '../schema.ts';

export const TokenRequest = object('io.k8s.api.storage.v1.TokenRequest', {
  audience: required(1, string),
  expirationSeconds: pointer(2, int64),
});
export interface TokenRequest extends Static<typeof TokenRequest> {}

export const CSIDriverSpec = object('io.k8s.api.storage.v1.CSIDriverSpec', {
  attachRequired: pointer(1, boolean),
  podInfoOnMount: pointer(2, boolean),
  volumeLifecycleModes: optional(3, list(namedString('v1.VolumeLifecycleMode'), { listType: 'set' })),
  storageCapacity: pointer(4, boolean),
  fsGroupPolicy: pointer(5, namedString('v1.FSGroupPolicy')),
  tokenRequests: optional(6, list(TokenRequest)),
  requiresRepublish: pointer(7, boolean),
  seLinuxMount: pointer(8, boolean),
  nodeAllocatableUpdatePeriodSeconds: pointer(9, int64),
  serviceAccountTokenInSecrets: pointer(10, boolean),
  preventPodSchedulingIfMissing: pointer(11, boolean),
});
export interface CSIDriverSpec extends Static<typeof CSIDriverSpec> {}

export const CSIDriver = clusterScoped('storage.k8s.io/v1', 'io.k8s.api.storage.v1.CSIDriver', {
  spec: required(2, CSIDriverSpec),
});
export interface CSIDriver extends Static<typeof CSIDriver> {}

export const VolumeNodeResources = object('io.k8s.api.storage.v1.VolumeNodeResources', {
  count: pointer(1, int32),
});
export interface VolumeNodeResources extends Static<typeof VolumeNodeResources> {}

export const CSINodeDriver = object('io.k8s.api.storage.v1.CSINodeDriver', {
  name: required(1, string),
  nodeID: required(2, string),
  topologyKeys: always(3, list(string)),
  allocatable: pointer(4, VolumeNodeResources),
});
export interface CSINodeDriver extends Static<typeof CSINodeDriver> {}

export const CSINodeSpec = object('io.k8s.api.storage.v1.CSINodeSpec', {
  drivers: required(
    1,
    list(CSINodeDriver, { listType: 'map', keys: ['name'], mergeKey: 'name', patchStrategy: 'merge' }),
  ),
});
export interface CSINodeSpec extends Static<typeof CSINodeSpec> {}

export const CSINode = clusterScoped('storage.k8s.io/v1', 'io.k8s.api.storage.v1.CSINode', {
  spec: required(2, CSINodeSpec),
});
export interface CSINode extends Static<typeof CSINode> {}

export const CSIStorageCapacity = namespaced('storage.k8s.io/v1', 'io.k8s.api.storage.v1.CSIStorageCapacity', {
  nodeTopology: pointer(2, LabelSelector),
  storageClassName: required(3, string),
  capacity: pointer(4, quantity),
  maximumVolumeSize: pointer(5, quantity),
});
export interface CSIStorageCapacity extends Static<typeof CSIStorageCapacity> {}

export const StorageClass = clusterScoped('storage.k8s.io/v1', 'io.k8s.api.storage.v1.StorageClass', {
  provisioner: required(2, string),
  parameters: optional(3, map(string)),
  reclaimPolicy: pointer(4, namedString('v1.PersistentVolumeReclaimPolicy')),
  mountOptions: optional(5, list(string)),
  allowVolumeExpansion: pointer(6, boolean),
  volumeBindingMode: pointer(7, namedString('v1.VolumeBindingMode')),
  allowedTopologies: optional(8, list(TopologySelectorTerm)),
});
export interface StorageClass extends Static<typeof StorageClass> {}

export const VolumeAttachmentSource = object('io.k8s.api.storage.v1.VolumeAttachmentSource', {
  persistentVolumeName: pointer(1, string),
  inlineVolumeSpec: pointer(2, PersistentVolumeSpec),
});
export interface VolumeAttachmentSource extends Static<typeof VolumeAttachmentSource> {}

export const VolumeAttachmentSpec = object('io.k8s.api.storage.v1.VolumeAttachmentSpec', {
  attacher: required(1, string),
  source: required(2, VolumeAttachmentSource),
  nodeName: required(3, string),
});
export interface VolumeAttachmentSpec extends Static<typeof VolumeAttachmentSpec> {}

export const VolumeError = object('io.k8s.api.storage.v1.VolumeError', {
  time: optional(1, time, { nullable: true }),
  message: optional(2, string),
  errorCode: pointer(3, int32),
});
export interface VolumeError extends Static<typeof VolumeError> {}

export const VolumeAttachmentStatus = object('io.k8s.api.storage.v1.VolumeAttachmentStatus', {
  attached: required(1, boolean),
  attachmentMetadata: optional(2, map(string)),
  attachError: pointer(3, VolumeError),
  detachError: pointer(4, VolumeError),
});
export interface VolumeAttachmentStatus extends Static<typeof VolumeAttachmentStatus> {}

export const VolumeAttachment = clusterScoped('storage.k8s.io/v1', 'io.k8s.api.storage.v1.VolumeAttachment', {
  spec: required(2, VolumeAttachmentSpec),
  status: always(3, VolumeAttachmentStatus),
});
export interface VolumeAttachment extends Static<typeof VolumeAttachment> {}

export const VolumeAttributesClass = clusterScoped('storage.k8s.io/v1', 'io.k8s.api.storage.v1.VolumeAttributesClass', {
  driverName: required(2, string),
  parameters: optional(3, map(string)),
});
export interface VolumeAttributesClass extends Static<typeof VolumeAttributesClass> {}

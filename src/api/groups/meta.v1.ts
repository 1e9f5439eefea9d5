/** The types that all groups share: metadata, lists, options, status, discovery. */
import { message } from '../message.ts';
import {
  always,
  boolean,
  fieldSet,
  int32,
  int64,
  list,
  map,
  namedString,
  object,
  optional,
  pointer,
  rawObject,
  required,
  string,
  time,
  type Static,
} from '../schema.ts';

export const GroupVersionForDiscovery = object('io.k8s.apimachinery.pkg.apis.meta.v1.GroupVersionForDiscovery', {
  groupVersion: required(1, string),
  version: required(2, string),
});
export interface GroupVersionForDiscovery extends Static<typeof GroupVersionForDiscovery> {}

export const ServerAddressByClientCIDR = object('io.k8s.apimachinery.pkg.apis.meta.v1.ServerAddressByClientCIDR', {
  clientCIDR: required(1, string),
  serverAddress: required(2, string),
});
export interface ServerAddressByClientCIDR extends Static<typeof ServerAddressByClientCIDR> {}

export const APIGroup = message('v1', 'io.k8s.apimachinery.pkg.apis.meta.v1.APIGroup', {
  name: required(1, string),
  versions: required(2, list(GroupVersionForDiscovery)),
  preferredVersion: always(3, GroupVersionForDiscovery),
  serverAddressByClientCIDRs: optional(4, list(ServerAddressByClientCIDR)),
});
export interface APIGroup extends Static<typeof APIGroup> {}

export const APIGroupList = message('v1', 'io.k8s.apimachinery.pkg.apis.meta.v1.APIGroupList', {
  groups: required(1, list(APIGroup)),
});
export interface APIGroupList extends Static<typeof APIGroupList> {}

export const APIResource = object('io.k8s.apimachinery.pkg.apis.meta.v1.APIResource', {
  name: required(1, string),
  singularName: required(6, string),
  namespaced: required(2, boolean),
  group: optional(8, string),
  version: optional(9, string),
  kind: required(3, string),
  verbs: required(4, list(string), { message: true }),
  shortNames: optional(5, list(string)),
  categories: optional(7, list(string)),
  storageVersionHash: optional(10, string),
});
export interface APIResource extends Static<typeof APIResource> {}

export const APIResourceList = message('v1', 'io.k8s.apimachinery.pkg.apis.meta.v1.APIResourceList', {
  groupVersion: required(1, string),
  resources: required(2, list(APIResource)),
});
export interface APIResourceList extends Static<typeof APIResourceList> {}

export const APIVersions = message('v1', 'io.k8s.apimachinery.pkg.apis.meta.v1.APIVersions', {
  versions: required(1, list(string)),
  serverAddressByClientCIDRs: required(2, list(ServerAddressByClientCIDR)),
});
export interface APIVersions extends Static<typeof APIVersions> {}

export const Condition = object('io.k8s.apimachinery.pkg.apis.meta.v1.Condition', {
  type: required(1, string),
  status: required(2, namedString('v1.ConditionStatus')),
  observedGeneration: optional(3, int64),
  lastTransitionTime: required(4, time),
  reason: required(5, string),
  message: required(6, string),
});
export interface Condition extends Static<typeof Condition> {}

export const CreateOptions = object('io.k8s.apimachinery.pkg.apis.meta.v1.CreateOptions', {
  dryRun: optional(1, list(string)),
  fieldManager: optional(3, string),
  fieldValidation: optional(4, string),
});
export interface CreateOptions extends Static<typeof CreateOptions> {}

export const Preconditions = object('io.k8s.apimachinery.pkg.apis.meta.v1.Preconditions', {
  uid: pointer(1, namedString('types.UID')),
  resourceVersion: pointer(2, string),
});
export interface Preconditions extends Static<typeof Preconditions> {}

export const DeleteOptions = message('v1', 'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions', {
  gracePeriodSeconds: pointer(1, int64),
  preconditions: pointer(2, Preconditions),
  orphanDependents: pointer(3, boolean),
  propagationPolicy: pointer(4, namedString('v1.DeletionPropagation')),
  dryRun: optional(5, list(string)),
  ignoreStoreReadErrorWithClusterBreakingPotential: pointer(6, boolean),
});
export interface DeleteOptions extends Static<typeof DeleteOptions> {}

export const FieldSelectorRequirement = object('io.k8s.apimachinery.pkg.apis.meta.v1.FieldSelectorRequirement', {
  key: required(1, string),
  operator: required(2, namedString('v1.FieldSelectorOperator')),
  values: optional(3, list(string)),
});
export interface FieldSelectorRequirement extends Static<typeof FieldSelectorRequirement> {}

export const GetOptions = object('io.k8s.apimachinery.pkg.apis.meta.v1.GetOptions', {
  resourceVersion: optional(1, string),
});
export interface GetOptions extends Static<typeof GetOptions> {}

export const GroupResource = object('io.k8s.apimachinery.pkg.apis.meta.v1.GroupResource', {
  group: required(1, string),
  resource: required(2, string),
});
export interface GroupResource extends Static<typeof GroupResource> {}

export const GroupVersionKind = object('io.k8s.apimachinery.pkg.apis.meta.v1.GroupVersionKind', {
  group: optional(1, string),
  version: optional(2, string),
  kind: optional(3, string),
});
export interface GroupVersionKind extends Static<typeof GroupVersionKind> {}

export const GroupVersionResource = object('io.k8s.apimachinery.pkg.apis.meta.v1.GroupVersionResource', {
  group: optional(1, string),
  version: optional(2, string),
  resource: optional(3, string),
});
export interface GroupVersionResource extends Static<typeof GroupVersionResource> {}

export const LabelSelectorRequirement = object('io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelectorRequirement', {
  key: required(1, string),
  operator: required(2, namedString('v1.LabelSelectorOperator')),
  values: optional(3, list(string)),
});
export interface LabelSelectorRequirement extends Static<typeof LabelSelectorRequirement> {}

export const LabelSelector = object(
  'io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector',
  {
    matchLabels: optional(1, map(string)),
    matchExpressions: optional(2, list(LabelSelectorRequirement)),
  },
  { atomic: true },
);
export interface LabelSelector extends Static<typeof LabelSelector> {}

export const ShardInfo = object('io.k8s.apimachinery.pkg.apis.meta.v1.ShardInfo', {
  selector: required(1, string),
});
export interface ShardInfo extends Static<typeof ShardInfo> {}

export const ListMeta = object('io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta', {
  selfLink: optional(1, string),
  resourceVersion: optional(2, string),
  continue: optional(3, string),
  remainingItemCount: pointer(4, int64),
  shardInfo: pointer(5, ShardInfo),
});
export interface ListMeta extends Static<typeof ListMeta> {}

export const ListOptions = object('io.k8s.apimachinery.pkg.apis.meta.v1.ListOptions', {
  labelSelector: optional(1, string),
  fieldSelector: optional(2, string),
  watch: optional(3, boolean),
  allowWatchBookmarks: optional(9, boolean),
  resourceVersion: optional(4, string),
  resourceVersionMatch: optional(10, string),
  timeoutSeconds: pointer(5, int64),
  limit: optional(7, int64),
  continue: optional(8, string),
  sendInitialEvents: pointer(11, boolean),
  shardSelector: optional(15, string),
});
export interface ListOptions extends Static<typeof ListOptions> {}

export const ManagedFieldsEntry = object('io.k8s.apimachinery.pkg.apis.meta.v1.ManagedFieldsEntry', {
  manager: optional(1, string),
  operation: optional(2, namedString('v1.ManagedFieldsOperationType')),
  apiVersion: optional(3, string),
  time: pointer(4, time),
  fieldsType: optional(6, string),
  fieldsV1: pointer(7, fieldSet),
  subresource: optional(8, string),
});
export interface ManagedFieldsEntry extends Static<typeof ManagedFieldsEntry> {}

export const OwnerReference = object(
  'io.k8s.apimachinery.pkg.apis.meta.v1.OwnerReference',
  {
    apiVersion: required(5, string),
    kind: required(1, string),
    name: required(3, string),
    uid: required(4, namedString('types.UID')),
    controller: pointer(6, boolean),
    blockOwnerDeletion: pointer(7, boolean),
  },
  { atomic: true },
);
export interface OwnerReference extends Static<typeof OwnerReference> {}

export const ObjectMeta = object('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta', {
  name: optional(1, string),
  generateName: optional(2, string),
  namespace: optional(3, string),
  selfLink: optional(4, string),
  uid: optional(5, namedString('types.UID')),
  resourceVersion: optional(6, string),
  generation: optional(7, int64),
  creationTimestamp: optional(8, time),
  deletionTimestamp: pointer(9, time),
  deletionGracePeriodSeconds: pointer(10, int64),
  labels: optional(11, map(string)),
  annotations: optional(12, map(string)),
  ownerReferences: optional(
    13,
    list(OwnerReference, { listType: 'map', keys: ['uid'], mergeKey: 'uid', patchStrategy: 'merge' }),
  ),
  finalizers: optional(14, list(string, { listType: 'set', patchStrategy: 'merge' })),
  managedFields: optional(17, list(ManagedFieldsEntry)),
});
export interface ObjectMeta extends Static<typeof ObjectMeta> {}

export const Patch = object('io.k8s.apimachinery.pkg.apis.meta.v1.Patch', {});
export interface Patch extends Static<typeof Patch> {}

export const PartialObjectMetadata = message(
  'meta.k8s.io/v1',
  'io.k8s.apimachinery.pkg.apis.meta.v1.PartialObjectMetadata',
  { metadata: always(1, ObjectMeta) },
);
export interface PartialObjectMetadata extends Static<typeof PartialObjectMetadata> {}

export const PartialObjectMetadataList = message(
  'meta.k8s.io/v1',
  'io.k8s.apimachinery.pkg.apis.meta.v1.PartialObjectMetadataList',
  { metadata: always(1, ListMeta), items: always(2, list(PartialObjectMetadata)) },
);
export interface PartialObjectMetadataList extends Static<typeof PartialObjectMetadataList> {}

/** The older version differs in its numbers alone. */
export const PartialObjectMetadataListV1beta1 = message(
  'meta.k8s.io/v1beta1',
  'io.k8s.apimachinery.pkg.apis.meta.v1beta1.PartialObjectMetadataList',
  { metadata: always(2, ListMeta), items: always(1, list(PartialObjectMetadata)) },
);
export interface PartialObjectMetadataListV1beta1 extends Static<typeof PartialObjectMetadataListV1beta1> {}

export const PatchOptions = object('io.k8s.apimachinery.pkg.apis.meta.v1.PatchOptions', {
  dryRun: optional(1, list(string)),
  force: pointer(2, boolean),
  fieldManager: optional(3, string),
  fieldValidation: optional(4, string),
});
export interface PatchOptions extends Static<typeof PatchOptions> {}

export const StatusCause = object('io.k8s.apimachinery.pkg.apis.meta.v1.StatusCause', {
  reason: optional(1, namedString('v1.CauseType')),
  message: optional(2, string),
  field: optional(3, string),
});
export interface StatusCause extends Static<typeof StatusCause> {}

export const StatusDetails = object('io.k8s.apimachinery.pkg.apis.meta.v1.StatusDetails', {
  name: optional(1, string),
  group: optional(2, string),
  kind: optional(3, string),
  uid: optional(6, namedString('types.UID')),
  causes: optional(4, list(StatusCause)),
  retryAfterSeconds: optional(5, int32),
});
export interface StatusDetails extends Static<typeof StatusDetails> {}

export const Status = message('v1', 'io.k8s.apimachinery.pkg.apis.meta.v1.Status', {
  metadata: always(1, ListMeta),
  status: optional(2, string),
  message: optional(3, string),
  reason: optional(4, namedString('v1.StatusReason')),
  details: pointer(5, StatusDetails),
  code: optional(6, int32),
});
export interface Status extends Static<typeof Status> {}

export const UpdateOptions = object('io.k8s.apimachinery.pkg.apis.meta.v1.UpdateOptions', {
  dryRun: optional(1, list(string)),
  fieldManager: optional(2, string),
  fieldValidation: optional(3, string),
});
export interface UpdateOptions extends Static<typeof UpdateOptions> {}

export const WatchEvent = message('v1', 'io.k8s.apimachinery.pkg.apis.meta.v1.WatchEvent', {
  type: required(1, string),
  object: required(2, rawObject),
});
export interface WatchEvent extends Static<typeof WatchEvent> {}

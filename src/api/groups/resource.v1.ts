/** The types of group resource, version v1. */
import { clusterScoped, namespaced } from '../kind.ts';
import { NodeSelector } from './core.v1.ts';
import { Condition, ObjectMeta } from './meta.v1.ts';
import {
  always,
  boolean,
  inline,
  int64,
  list,
  map,
  namedString,
  object,
  optional,
  pointer,
  quantity,
  rawObject,
  required,
  string,
  time,
  type Static,
} from '../schema.ts';

export const NetworkDeviceData = object('io.k8s.api.resource.v1.NetworkDeviceData', {
  interfaceName: optional(1, string),
  ips: optional(2, list(string)),
  hardwareAddress: optional(3, string),
});
export interface NetworkDeviceData extends Static<typeof NetworkDeviceData> {}

export const AllocatedDeviceStatus = object('io.k8s.api.resource.v1.AllocatedDeviceStatus', {
  driver: required(1, string),
  pool: required(2, string),
  device: required(3, string),
  shareID: pointer(7, string),
  conditions: optional(4, list(Condition, { listType: 'map', keys: ['type'] })),
  data: pointer(5, rawObject),
  networkData: pointer(6, NetworkDeviceData),
});
export interface AllocatedDeviceStatus extends Static<typeof AllocatedDeviceStatus> {}

export const OpaqueDeviceConfiguration = object('io.k8s.api.resource.v1.OpaqueDeviceConfiguration', {
  driver: required(1, string),
  parameters: required(2, rawObject),
});
export interface OpaqueDeviceConfiguration extends Static<typeof OpaqueDeviceConfiguration> {}

export const DeviceConfiguration = object('io.k8s.api.resource.v1.DeviceConfiguration', {
  opaque: pointer(1, OpaqueDeviceConfiguration),
});
export interface DeviceConfiguration extends Static<typeof DeviceConfiguration> {}

export const DeviceAllocationConfiguration = object(
  'io.k8s.api.resource.v1.DeviceAllocationConfiguration',
  {
    source: required(1, namedString('v1.AllocationConfigSource')),
    requests: optional(2, list(string)),
  },
  { inline: [inline(3, DeviceConfiguration)] },
);
export interface DeviceAllocationConfiguration extends Static<typeof DeviceAllocationConfiguration> {}

export const DeviceToleration = object('io.k8s.api.resource.v1.DeviceToleration', {
  key: optional(1, string),
  operator: optional(2, namedString('v1.DeviceTolerationOperator'), { default: 'Equal' }),
  value: optional(3, string),
  effect: optional(4, namedString('v1.DeviceTaintEffect')),
  tolerationSeconds: pointer(5, int64),
});
export interface DeviceToleration extends Static<typeof DeviceToleration> {}

export const DeviceRequestAllocationResult = object('io.k8s.api.resource.v1.DeviceRequestAllocationResult', {
  request: required(1, string),
  driver: required(2, string),
  pool: required(3, string),
  device: required(4, string),
  adminAccess: pointer(5, boolean),
  tolerations: optional(6, list(DeviceToleration)),
  bindingConditions: optional(7, list(string)),
  bindingFailureConditions: optional(8, list(string)),
  shareID: pointer(9, namedString('types.UID')),
  consumedCapacity: optional(10, map(quantity)),
});
export interface DeviceRequestAllocationResult extends Static<typeof DeviceRequestAllocationResult> {}

export const DeviceAllocationResult = object('io.k8s.api.resource.v1.DeviceAllocationResult', {
  results: optional(1, list(DeviceRequestAllocationResult)),
  config: optional(2, list(DeviceAllocationConfiguration)),
});
export interface DeviceAllocationResult extends Static<typeof DeviceAllocationResult> {}

export const AllocationResult = object('io.k8s.api.resource.v1.AllocationResult', {
  devices: always(1, DeviceAllocationResult),
  nodeSelector: pointer(3, NodeSelector),
  allocationTimestamp: pointer(5, time),
});
export interface AllocationResult extends Static<typeof AllocationResult> {}

export const CELDeviceSelector = object('io.k8s.api.resource.v1.CELDeviceSelector', {
  expression: required(1, string),
});
export interface CELDeviceSelector extends Static<typeof CELDeviceSelector> {}

export const CapacityRequestPolicyRange = object('io.k8s.api.resource.v1.CapacityRequestPolicyRange', {
  min: required(1, quantity),
  max: pointer(2, quantity),
  step: pointer(3, quantity),
});
export interface CapacityRequestPolicyRange extends Static<typeof CapacityRequestPolicyRange> {}

export const CapacityRequestPolicy = object('io.k8s.api.resource.v1.CapacityRequestPolicy', {
  default: pointer(1, quantity),
  validValues: optional(3, list(quantity)),
  validRange: pointer(4, CapacityRequestPolicyRange),
});
export interface CapacityRequestPolicy extends Static<typeof CapacityRequestPolicy> {}

export const CapacityRequirements = object('io.k8s.api.resource.v1.CapacityRequirements', {
  requests: optional(1, map(quantity)),
});
export interface CapacityRequirements extends Static<typeof CapacityRequirements> {}

export const Counter = object('io.k8s.api.resource.v1.Counter', {
  value: required(1, quantity),
});
export interface Counter extends Static<typeof Counter> {}

export const CounterSet = object('io.k8s.api.resource.v1.CounterSet', {
  name: required(1, string),
  counters: required(2, map(Counter)),
});
export interface CounterSet extends Static<typeof CounterSet> {}

export const DeviceAttribute = object('io.k8s.api.resource.v1.DeviceAttribute', {
  int: pointer(2, int64),
  bool: pointer(3, boolean),
  string: pointer(4, string),
  version: pointer(5, string),
  ints: optional(6, list(int64)),
  bools: optional(7, list(boolean)),
  strings: optional(8, list(string)),
  versions: optional(9, list(string)),
});
export interface DeviceAttribute extends Static<typeof DeviceAttribute> {}

export const DeviceCapacity = object('io.k8s.api.resource.v1.DeviceCapacity', {
  value: required(1, quantity),
  requestPolicy: pointer(2, CapacityRequestPolicy),
});
export interface DeviceCapacity extends Static<typeof DeviceCapacity> {}

export const DeviceCounterConsumption = object('io.k8s.api.resource.v1.DeviceCounterConsumption', {
  counterSet: required(1, string),
  counters: required(2, map(Counter)),
});
export interface DeviceCounterConsumption extends Static<typeof DeviceCounterConsumption> {}

export const DeviceTaint = object('io.k8s.api.resource.v1.DeviceTaint', {
  key: required(1, string),
  value: optional(2, string),
  effect: required(3, namedString('v1.DeviceTaintEffect')),
  timeAdded: pointer(4, time),
});
export interface DeviceTaint extends Static<typeof DeviceTaint> {}

export const NodeAllocatableResourceMapping = object('io.k8s.api.resource.v1.NodeAllocatableResourceMapping', {
  capacityKey: pointer(1, string),
  allocationMultiplier: pointer(2, quantity),
});
export interface NodeAllocatableResourceMapping extends Static<typeof NodeAllocatableResourceMapping> {}

export const Device = object('io.k8s.api.resource.v1.Device', {
  name: required(1, string),
  attributes: optional(2, map(DeviceAttribute)),
  capacity: optional(3, map(DeviceCapacity)),
  consumesCounters: optional(4, list(DeviceCounterConsumption)),
  nodeName: pointer(5, string),
  nodeSelector: pointer(6, NodeSelector),
  allNodes: pointer(7, boolean),
  taints: optional(8, list(DeviceTaint)),
  bindsToNode: pointer(9, boolean),
  bindingConditions: optional(10, list(string)),
  bindingFailureConditions: optional(11, list(string)),
  allowMultipleAllocations: pointer(12, boolean),
  nodeAllocatableResourceMappings: optional(13, map(NodeAllocatableResourceMapping)),
});
export interface Device extends Static<typeof Device> {}

export const DeviceClaimConfiguration = object(
  'io.k8s.api.resource.v1.DeviceClaimConfiguration',
  {
    requests: optional(1, list(string)),
  },
  { inline: [inline(2, DeviceConfiguration)] },
);
export interface DeviceClaimConfiguration extends Static<typeof DeviceClaimConfiguration> {}

export const DeviceConstraint = object('io.k8s.api.resource.v1.DeviceConstraint', {
  requests: optional(1, list(string)),
  matchAttribute: pointer(2, namedString('v1.FullyQualifiedName')),
  distinctAttribute: pointer(3, namedString('v1.FullyQualifiedName')),
});
export interface DeviceConstraint extends Static<typeof DeviceConstraint> {}

export const DeviceSelector = object('io.k8s.api.resource.v1.DeviceSelector', {
  cel: pointer(1, CELDeviceSelector),
});
export interface DeviceSelector extends Static<typeof DeviceSelector> {}

export const DeviceSubRequest = object('io.k8s.api.resource.v1.DeviceSubRequest', {
  name: required(1, string),
  deviceClassName: required(2, string),
  selectors: optional(3, list(DeviceSelector)),
  allocationMode: optional(4, namedString('v1.DeviceAllocationMode')),
  count: pointer(5, int64),
  tolerations: optional(6, list(DeviceToleration)),
  capacity: pointer(7, CapacityRequirements),
});
export interface DeviceSubRequest extends Static<typeof DeviceSubRequest> {}

export const ExactDeviceRequest = object('io.k8s.api.resource.v1.ExactDeviceRequest', {
  deviceClassName: required(1, string),
  selectors: optional(2, list(DeviceSelector)),
  allocationMode: optional(3, namedString('v1.DeviceAllocationMode')),
  count: pointer(4, int64),
  adminAccess: pointer(5, boolean),
  tolerations: optional(6, list(DeviceToleration)),
  capacity: pointer(7, CapacityRequirements),
});
export interface ExactDeviceRequest extends Static<typeof ExactDeviceRequest> {}

export const DeviceRequest = object('io.k8s.api.resource.v1.DeviceRequest', {
  name: required(1, string),
  exactly: pointer(2, ExactDeviceRequest),
  firstAvailable: optional(3, list(DeviceSubRequest)),
});
export interface DeviceRequest extends Static<typeof DeviceRequest> {}

export const DeviceClaim = object('io.k8s.api.resource.v1.DeviceClaim', {
  requests: optional(1, list(DeviceRequest)),
  constraints: optional(2, list(DeviceConstraint)),
  config: optional(3, list(DeviceClaimConfiguration)),
});
export interface DeviceClaim extends Static<typeof DeviceClaim> {}

export const DeviceClassConfiguration = object(
  'io.k8s.api.resource.v1.DeviceClassConfiguration',
  {},
  { inline: [inline(1, DeviceConfiguration)] },
);
export interface DeviceClassConfiguration extends Static<typeof DeviceClassConfiguration> {}

export const DeviceClassSpec = object('io.k8s.api.resource.v1.DeviceClassSpec', {
  selectors: optional(1, list(DeviceSelector)),
  config: optional(2, list(DeviceClassConfiguration)),
  extendedResourceName: pointer(4, string),
});
export interface DeviceClassSpec extends Static<typeof DeviceClassSpec> {}

export const DeviceClass = clusterScoped('resource.k8s.io/v1', 'io.k8s.api.resource.v1.DeviceClass', {
  spec: required(2, DeviceClassSpec),
});
export interface DeviceClass extends Static<typeof DeviceClass> {}

export const ResourceClaimSpec = object('io.k8s.api.resource.v1.ResourceClaimSpec', {
  devices: always(1, DeviceClaim),
});
export interface ResourceClaimSpec extends Static<typeof ResourceClaimSpec> {}

export const ResourceClaimConsumerReference = object('io.k8s.api.resource.v1.ResourceClaimConsumerReference', {
  apiGroup: optional(1, string),
  resource: required(3, string),
  name: required(4, string),
  uid: required(5, namedString('types.UID')),
});
export interface ResourceClaimConsumerReference extends Static<typeof ResourceClaimConsumerReference> {}

export const ResourceClaimStatus = object('io.k8s.api.resource.v1.ResourceClaimStatus', {
  allocation: pointer(1, AllocationResult),
  reservedFor: optional(
    2,
    list(ResourceClaimConsumerReference, { listType: 'map', keys: ['uid'], mergeKey: 'uid', patchStrategy: 'merge' }),
  ),
  devices: optional(4, list(AllocatedDeviceStatus, { listType: 'map', keys: ['driver', 'device', 'pool', 'shareID'] })),
});
export interface ResourceClaimStatus extends Static<typeof ResourceClaimStatus> {}

export const ResourceClaim = namespaced('resource.k8s.io/v1', 'io.k8s.api.resource.v1.ResourceClaim', {
  spec: required(2, ResourceClaimSpec),
  status: always(3, ResourceClaimStatus),
});
export interface ResourceClaim extends Static<typeof ResourceClaim> {}

export const ResourceClaimTemplateSpec = object('io.k8s.api.resource.v1.ResourceClaimTemplateSpec', {
  metadata: always(1, ObjectMeta),
  spec: required(2, ResourceClaimSpec),
});
export interface ResourceClaimTemplateSpec extends Static<typeof ResourceClaimTemplateSpec> {}

export const ResourceClaimTemplate = namespaced('resource.k8s.io/v1', 'io.k8s.api.resource.v1.ResourceClaimTemplate', {
  spec: required(2, ResourceClaimTemplateSpec),
});
export interface ResourceClaimTemplate extends Static<typeof ResourceClaimTemplate> {}

export const ResourcePool = object('io.k8s.api.resource.v1.ResourcePool', {
  name: required(1, string),
  generation: required(2, int64),
  resourceSliceCount: required(3, int64),
});
export interface ResourcePool extends Static<typeof ResourcePool> {}

export const ResourceSliceSpec = object('io.k8s.api.resource.v1.ResourceSliceSpec', {
  driver: required(1, string),
  pool: required(2, ResourcePool),
  nodeName: pointer(3, string),
  nodeSelector: pointer(4, NodeSelector),
  allNodes: pointer(5, boolean),
  devices: optional(6, list(Device)),
  perDeviceNodeSelection: pointer(7, boolean),
  sharedCounters: optional(8, list(CounterSet)),
});
export interface ResourceSliceSpec extends Static<typeof ResourceSliceSpec> {}

export const ResourceSlice = clusterScoped('resource.k8s.io/v1', 'io.k8s.api.resource.v1.ResourceSlice', {
  spec: required(2, ResourceSliceSpec),
});
export interface ResourceSlice extends Static<typeof ResourceSlice> {}

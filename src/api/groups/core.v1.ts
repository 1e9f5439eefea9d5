/** The types of the core group, version v1. */
import { clusterScoped, namespaced } from '../kind.ts';
import { message } from '../message.ts';
import { Condition, LabelSelector, ObjectMeta, OwnerReference } from './meta.v1.ts';
import {
  always,
  boolean,
  bytes,
  inline,
  int32,
  int64,
  intOrString,
  list,
  map,
  microTime,
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

export const AWSElasticBlockStoreVolumeSource = object('io.k8s.api.core.v1.AWSElasticBlockStoreVolumeSource', {
  volumeID: required(1, string),
  fsType: optional(2, string),
  partition: optional(3, int32),
  readOnly: optional(4, boolean),
});
export interface AWSElasticBlockStoreVolumeSource extends Static<typeof AWSElasticBlockStoreVolumeSource> {}

export const NodeSelectorRequirement = object('io.k8s.api.core.v1.NodeSelectorRequirement', {
  key: required(1, string),
  operator: required(2, namedString('v1.NodeSelectorOperator')),
  values: optional(3, list(string)),
});
export interface NodeSelectorRequirement extends Static<typeof NodeSelectorRequirement> {}

export const NodeSelectorTerm = object(
  'io.k8s.api.core.v1.NodeSelectorTerm',
  {
    matchExpressions: optional(1, list(NodeSelectorRequirement)),
    matchFields: optional(2, list(NodeSelectorRequirement)),
  },
  { atomic: true },
);
export interface NodeSelectorTerm extends Static<typeof NodeSelectorTerm> {}

export const NodeSelector = object(
  'io.k8s.api.core.v1.NodeSelector',
  {
    nodeSelectorTerms: required(1, list(NodeSelectorTerm)),
  },
  { atomic: true },
);
export interface NodeSelector extends Static<typeof NodeSelector> {}

export const PreferredSchedulingTerm = object('io.k8s.api.core.v1.PreferredSchedulingTerm', {
  weight: required(1, int32),
  preference: required(2, NodeSelectorTerm),
});
export interface PreferredSchedulingTerm extends Static<typeof PreferredSchedulingTerm> {}

export const NodeAffinity = object('io.k8s.api.core.v1.NodeAffinity', {
  requiredDuringSchedulingIgnoredDuringExecution: pointer(1, NodeSelector),
  preferredDuringSchedulingIgnoredDuringExecution: optional(2, list(PreferredSchedulingTerm)),
});
export interface NodeAffinity extends Static<typeof NodeAffinity> {}

export const PodAffinityTerm = object('io.k8s.api.core.v1.PodAffinityTerm', {
  labelSelector: pointer(1, LabelSelector),
  namespaces: optional(2, list(string)),
  topologyKey: required(3, string),
  namespaceSelector: pointer(4, LabelSelector),
  matchLabelKeys: optional(5, list(string)),
  mismatchLabelKeys: optional(6, list(string)),
});
export interface PodAffinityTerm extends Static<typeof PodAffinityTerm> {}

export const WeightedPodAffinityTerm = object('io.k8s.api.core.v1.WeightedPodAffinityTerm', {
  weight: required(1, int32),
  podAffinityTerm: required(2, PodAffinityTerm),
});
export interface WeightedPodAffinityTerm extends Static<typeof WeightedPodAffinityTerm> {}

export const PodAffinity = object('io.k8s.api.core.v1.PodAffinity', {
  requiredDuringSchedulingIgnoredDuringExecution: optional(1, list(PodAffinityTerm)),
  preferredDuringSchedulingIgnoredDuringExecution: optional(2, list(WeightedPodAffinityTerm)),
});
export interface PodAffinity extends Static<typeof PodAffinity> {}

export const PodAntiAffinity = object('io.k8s.api.core.v1.PodAntiAffinity', {
  requiredDuringSchedulingIgnoredDuringExecution: optional(1, list(PodAffinityTerm)),
  preferredDuringSchedulingIgnoredDuringExecution: optional(2, list(WeightedPodAffinityTerm)),
});
export interface PodAntiAffinity extends Static<typeof PodAntiAffinity> {}

export const Affinity = object('io.k8s.api.core.v1.Affinity', {
  nodeAffinity: pointer(1, NodeAffinity),
  podAffinity: pointer(2, PodAffinity),
  podAntiAffinity: pointer(3, PodAntiAffinity),
});
export interface Affinity extends Static<typeof Affinity> {}

export const AppArmorProfile = object('io.k8s.api.core.v1.AppArmorProfile', {
  type: required(1, namedString('v1.AppArmorProfileType')),
  localhostProfile: pointer(2, string),
});
export interface AppArmorProfile extends Static<typeof AppArmorProfile> {}

export const AttachedVolume = object('io.k8s.api.core.v1.AttachedVolume', {
  name: required(1, namedString('v1.UniqueVolumeName')),
  devicePath: required(2, string),
});
export interface AttachedVolume extends Static<typeof AttachedVolume> {}

export const AzureDiskVolumeSource = object('io.k8s.api.core.v1.AzureDiskVolumeSource', {
  diskName: required(1, string),
  diskURI: required(2, string),
  cachingMode: pointer(3, namedString('v1.AzureDataDiskCachingMode'), { default: 'ReadWrite' }),
  fsType: pointer(4, string, { default: 'ext4' }),
  readOnly: pointer(5, boolean),
  kind: pointer(6, namedString('v1.AzureDataDiskKind'), { default: 'Shared' }),
});
export interface AzureDiskVolumeSource extends Static<typeof AzureDiskVolumeSource> {}

export const AzureFilePersistentVolumeSource = object('io.k8s.api.core.v1.AzureFilePersistentVolumeSource', {
  secretName: required(1, string),
  shareName: required(2, string),
  readOnly: optional(3, boolean),
  secretNamespace: always(4, string, { nullable: true }),
});
export interface AzureFilePersistentVolumeSource extends Static<typeof AzureFilePersistentVolumeSource> {}

export const AzureFileVolumeSource = object('io.k8s.api.core.v1.AzureFileVolumeSource', {
  secretName: required(1, string),
  shareName: required(2, string),
  readOnly: optional(3, boolean),
});
export interface AzureFileVolumeSource extends Static<typeof AzureFileVolumeSource> {}

export const ObjectReference = object(
  'io.k8s.api.core.v1.ObjectReference',
  {
    kind: optional(1, string),
    namespace: optional(2, string),
    name: optional(3, string),
    uid: optional(4, namedString('types.UID')),
    apiVersion: optional(5, string),
    resourceVersion: optional(6, string),
    fieldPath: optional(7, string),
  },
  { atomic: true },
);
export interface ObjectReference extends Static<typeof ObjectReference> {}

export const Binding = message('v1', 'io.k8s.api.core.v1.Binding', {
  metadata: always(1, ObjectMeta),
  target: required(2, ObjectReference),
});
export interface Binding extends Static<typeof Binding> {}

export const SecretReference = object(
  'io.k8s.api.core.v1.SecretReference',
  {
    name: optional(1, string),
    namespace: optional(2, string),
  },
  { atomic: true },
);
export interface SecretReference extends Static<typeof SecretReference> {}

export const CSIPersistentVolumeSource = object('io.k8s.api.core.v1.CSIPersistentVolumeSource', {
  driver: required(1, string),
  volumeHandle: required(2, string),
  readOnly: optional(3, boolean),
  fsType: optional(4, string),
  volumeAttributes: optional(5, map(string)),
  controllerPublishSecretRef: pointer(6, SecretReference),
  nodeStageSecretRef: pointer(7, SecretReference),
  nodePublishSecretRef: pointer(8, SecretReference),
  controllerExpandSecretRef: pointer(9, SecretReference),
  nodeExpandSecretRef: pointer(10, SecretReference),
});
export interface CSIPersistentVolumeSource extends Static<typeof CSIPersistentVolumeSource> {}

export const LocalObjectReference = object(
  'io.k8s.api.core.v1.LocalObjectReference',
  {
    name: optional(1, string, { zeroDefault: true }),
  },
  { atomic: true },
);
export interface LocalObjectReference extends Static<typeof LocalObjectReference> {}

export const CSIVolumeSource = object('io.k8s.api.core.v1.CSIVolumeSource', {
  driver: required(1, string),
  readOnly: pointer(2, boolean),
  fsType: pointer(3, string),
  volumeAttributes: optional(4, map(string)),
  nodePublishSecretRef: pointer(5, LocalObjectReference),
});
export interface CSIVolumeSource extends Static<typeof CSIVolumeSource> {}

export const Capabilities = object('io.k8s.api.core.v1.Capabilities', {
  add: optional(1, list(namedString('v1.Capability'))),
  drop: optional(2, list(namedString('v1.Capability'))),
});
export interface Capabilities extends Static<typeof Capabilities> {}

export const CephFSPersistentVolumeSource = object('io.k8s.api.core.v1.CephFSPersistentVolumeSource', {
  monitors: required(1, list(string)),
  path: optional(2, string),
  user: optional(3, string),
  secretFile: optional(4, string),
  secretRef: pointer(5, SecretReference),
  readOnly: optional(6, boolean),
});
export interface CephFSPersistentVolumeSource extends Static<typeof CephFSPersistentVolumeSource> {}

export const CephFSVolumeSource = object('io.k8s.api.core.v1.CephFSVolumeSource', {
  monitors: required(1, list(string)),
  path: optional(2, string),
  user: optional(3, string),
  secretFile: optional(4, string),
  secretRef: pointer(5, LocalObjectReference),
  readOnly: optional(6, boolean),
});
export interface CephFSVolumeSource extends Static<typeof CephFSVolumeSource> {}

export const CinderPersistentVolumeSource = object('io.k8s.api.core.v1.CinderPersistentVolumeSource', {
  volumeID: required(1, string),
  fsType: optional(2, string),
  readOnly: optional(3, boolean),
  secretRef: pointer(4, SecretReference),
});
export interface CinderPersistentVolumeSource extends Static<typeof CinderPersistentVolumeSource> {}

export const CinderVolumeSource = object('io.k8s.api.core.v1.CinderVolumeSource', {
  volumeID: required(1, string),
  fsType: optional(2, string),
  readOnly: optional(3, boolean),
  secretRef: pointer(4, LocalObjectReference),
});
export interface CinderVolumeSource extends Static<typeof CinderVolumeSource> {}

export const ClientIPConfig = object('io.k8s.api.core.v1.ClientIPConfig', {
  timeoutSeconds: pointer(1, int32),
});
export interface ClientIPConfig extends Static<typeof ClientIPConfig> {}

export const ClusterTrustBundleProjection = object('io.k8s.api.core.v1.ClusterTrustBundleProjection', {
  name: pointer(1, string),
  signerName: pointer(2, string),
  labelSelector: pointer(3, LabelSelector),
  optional: pointer(5, boolean),
  path: required(4, string),
});
export interface ClusterTrustBundleProjection extends Static<typeof ClusterTrustBundleProjection> {}

export const ComponentCondition = object('io.k8s.api.core.v1.ComponentCondition', {
  type: required(1, namedString('v1.ComponentConditionType')),
  status: required(2, namedString('v1.ConditionStatus')),
  message: optional(3, string),
  error: optional(4, string),
});
export interface ComponentCondition extends Static<typeof ComponentCondition> {}

export const ComponentStatus = clusterScoped('v1', 'io.k8s.api.core.v1.ComponentStatus', {
  conditions: optional(
    2,
    list(ComponentCondition, { listType: 'map', keys: ['type'], mergeKey: 'type', patchStrategy: 'merge' }),
  ),
});
export interface ComponentStatus extends Static<typeof ComponentStatus> {}

export const ConfigMap = namespaced('v1', 'io.k8s.api.core.v1.ConfigMap', {
  immutable: pointer(4, boolean),
  data: optional(2, map(string)),
  binaryData: optional(3, map(bytes)),
});
export interface ConfigMap extends Static<typeof ConfigMap> {}

export const ConfigMapEnvSource = object(
  'io.k8s.api.core.v1.ConfigMapEnvSource',
  {
    optional: pointer(2, boolean),
  },
  { inline: [inline(1, LocalObjectReference)] },
);
export interface ConfigMapEnvSource extends Static<typeof ConfigMapEnvSource> {}

export const ConfigMapKeySelector = object(
  'io.k8s.api.core.v1.ConfigMapKeySelector',
  {
    key: required(2, string),
    optional: pointer(3, boolean),
  },
  { inline: [inline(1, LocalObjectReference)], atomic: true },
);
export interface ConfigMapKeySelector extends Static<typeof ConfigMapKeySelector> {}

export const ConfigMapNodeConfigSource = object('io.k8s.api.core.v1.ConfigMapNodeConfigSource', {
  namespace: required(1, string),
  name: required(2, string),
  uid: optional(3, namedString('types.UID')),
  resourceVersion: optional(4, string),
  kubeletConfigKey: required(5, string),
});
export interface ConfigMapNodeConfigSource extends Static<typeof ConfigMapNodeConfigSource> {}

export const KeyToPath = object('io.k8s.api.core.v1.KeyToPath', {
  key: required(1, string),
  path: required(2, string),
  mode: pointer(3, int32),
});
export interface KeyToPath extends Static<typeof KeyToPath> {}

export const ConfigMapProjection = object(
  'io.k8s.api.core.v1.ConfigMapProjection',
  {
    items: optional(2, list(KeyToPath)),
    optional: pointer(4, boolean),
  },
  { inline: [inline(1, LocalObjectReference)] },
);
export interface ConfigMapProjection extends Static<typeof ConfigMapProjection> {}

export const ConfigMapVolumeSource = object(
  'io.k8s.api.core.v1.ConfigMapVolumeSource',
  {
    items: optional(2, list(KeyToPath)),
    defaultMode: pointer(3, int32),
    optional: pointer(4, boolean),
  },
  { inline: [inline(1, LocalObjectReference)] },
);
export interface ConfigMapVolumeSource extends Static<typeof ConfigMapVolumeSource> {}

export const ContainerPort = object('io.k8s.api.core.v1.ContainerPort', {
  name: optional(1, string),
  hostPort: optional(2, int32),
  containerPort: required(3, int32),
  protocol: optional(4, namedString('v1.Protocol'), { default: 'TCP' }),
  hostIP: optional(5, string),
});
export interface ContainerPort extends Static<typeof ContainerPort> {}

export const ContainerResizePolicy = object('io.k8s.api.core.v1.ContainerResizePolicy', {
  resourceName: required(1, namedString('v1.ResourceName')),
  restartPolicy: required(2, namedString('v1.ResourceResizeRestartPolicy')),
});
export interface ContainerResizePolicy extends Static<typeof ContainerResizePolicy> {}

export const ContainerRestartRuleOnExitCodes = object('io.k8s.api.core.v1.ContainerRestartRuleOnExitCodes', {
  operator: required(1, namedString('v1.ContainerRestartRuleOnExitCodesOperator')),
  values: optional(2, list(int32, { listType: 'set' })),
});
export interface ContainerRestartRuleOnExitCodes extends Static<typeof ContainerRestartRuleOnExitCodes> {}

export const ContainerRestartRule = object('io.k8s.api.core.v1.ContainerRestartRule', {
  action: required(1, namedString('v1.ContainerRestartRuleAction')),
  exitCodes: pointer(2, ContainerRestartRuleOnExitCodes),
});
export interface ContainerRestartRule extends Static<typeof ContainerRestartRule> {}

export const SecretEnvSource = object(
  'io.k8s.api.core.v1.SecretEnvSource',
  {
    optional: pointer(2, boolean),
  },
  { inline: [inline(1, LocalObjectReference)] },
);
export interface SecretEnvSource extends Static<typeof SecretEnvSource> {}

export const EnvFromSource = object('io.k8s.api.core.v1.EnvFromSource', {
  prefix: optional(1, string),
  configMapRef: pointer(2, ConfigMapEnvSource),
  secretRef: pointer(3, SecretEnvSource),
});
export interface EnvFromSource extends Static<typeof EnvFromSource> {}

export const FileKeySelector = object(
  'io.k8s.api.core.v1.FileKeySelector',
  {
    volumeName: required(1, string),
    path: required(2, string),
    key: required(3, string),
    optional: pointer(4, boolean),
  },
  { atomic: true },
);
export interface FileKeySelector extends Static<typeof FileKeySelector> {}

export const ObjectFieldSelector = object(
  'io.k8s.api.core.v1.ObjectFieldSelector',
  {
    apiVersion: optional(1, string),
    fieldPath: required(2, string),
  },
  { atomic: true },
);
export interface ObjectFieldSelector extends Static<typeof ObjectFieldSelector> {}

export const ResourceFieldSelector = object(
  'io.k8s.api.core.v1.ResourceFieldSelector',
  {
    containerName: optional(1, string),
    resource: required(2, string),
    divisor: always(3, quantity),
  },
  { atomic: true },
);
export interface ResourceFieldSelector extends Static<typeof ResourceFieldSelector> {}

export const SecretKeySelector = object(
  'io.k8s.api.core.v1.SecretKeySelector',
  {
    key: required(2, string),
    optional: pointer(3, boolean),
  },
  { inline: [inline(1, LocalObjectReference)], atomic: true },
);
export interface SecretKeySelector extends Static<typeof SecretKeySelector> {}

export const EnvVarSource = object('io.k8s.api.core.v1.EnvVarSource', {
  fieldRef: pointer(1, ObjectFieldSelector),
  resourceFieldRef: pointer(2, ResourceFieldSelector),
  configMapKeyRef: pointer(3, ConfigMapKeySelector),
  secretKeyRef: pointer(4, SecretKeySelector),
  fileKeyRef: pointer(5, FileKeySelector),
});
export interface EnvVarSource extends Static<typeof EnvVarSource> {}

export const EnvVar = object('io.k8s.api.core.v1.EnvVar', {
  name: required(1, string),
  value: optional(2, string),
  valueFrom: pointer(3, EnvVarSource),
});
export interface EnvVar extends Static<typeof EnvVar> {}

export const ExecAction = object('io.k8s.api.core.v1.ExecAction', {
  command: optional(1, list(string)),
});
export interface ExecAction extends Static<typeof ExecAction> {}

export const HTTPHeader = object('io.k8s.api.core.v1.HTTPHeader', {
  name: required(1, string),
  value: required(2, string),
});
export interface HTTPHeader extends Static<typeof HTTPHeader> {}

export const HTTPGetAction = object('io.k8s.api.core.v1.HTTPGetAction', {
  path: optional(1, string),
  port: required(2, intOrString),
  host: optional(3, string),
  scheme: optional(4, namedString('v1.URIScheme')),
  httpHeaders: optional(5, list(HTTPHeader)),
});
export interface HTTPGetAction extends Static<typeof HTTPGetAction> {}

export const SleepAction = object('io.k8s.api.core.v1.SleepAction', {
  seconds: required(1, int64),
});
export interface SleepAction extends Static<typeof SleepAction> {}

export const TCPSocketAction = object('io.k8s.api.core.v1.TCPSocketAction', {
  port: required(1, intOrString),
  host: optional(2, string),
});
export interface TCPSocketAction extends Static<typeof TCPSocketAction> {}

export const LifecycleHandler = object('io.k8s.api.core.v1.LifecycleHandler', {
  exec: pointer(1, ExecAction),
  httpGet: pointer(2, HTTPGetAction),
  tcpSocket: pointer(3, TCPSocketAction),
  sleep: pointer(4, SleepAction),
});
export interface LifecycleHandler extends Static<typeof LifecycleHandler> {}

export const Lifecycle = object('io.k8s.api.core.v1.Lifecycle', {
  postStart: pointer(1, LifecycleHandler),
  preStop: pointer(2, LifecycleHandler),
  stopSignal: pointer(3, namedString('v1.Signal')),
});
export interface Lifecycle extends Static<typeof Lifecycle> {}

export const GRPCAction = object('io.k8s.api.core.v1.GRPCAction', {
  port: required(1, int32),
  service: optional(2, string, { nullable: true, default: '' }),
});
export interface GRPCAction extends Static<typeof GRPCAction> {}

export const ProbeHandler = object('io.k8s.api.core.v1.ProbeHandler', {
  exec: pointer(1, ExecAction),
  httpGet: pointer(2, HTTPGetAction),
  tcpSocket: pointer(3, TCPSocketAction),
  grpc: pointer(4, GRPCAction),
});
export interface ProbeHandler extends Static<typeof ProbeHandler> {}

export const Probe = object(
  'io.k8s.api.core.v1.Probe',
  {
    initialDelaySeconds: optional(2, int32),
    timeoutSeconds: optional(3, int32),
    periodSeconds: optional(4, int32),
    successThreshold: optional(5, int32),
    failureThreshold: optional(6, int32),
    terminationGracePeriodSeconds: pointer(7, int64),
  },
  { inline: [inline(1, ProbeHandler)] },
);
export interface Probe extends Static<typeof Probe> {}

export const ResourceClaim = object('io.k8s.api.core.v1.ResourceClaim', {
  name: required(1, string),
  request: optional(2, string),
});
export interface ResourceClaim extends Static<typeof ResourceClaim> {}

export const ResourceRequirements = object('io.k8s.api.core.v1.ResourceRequirements', {
  limits: optional(1, map(quantity)),
  requests: optional(2, map(quantity)),
  claims: optional(3, list(ResourceClaim, { listType: 'map', keys: ['name'] })),
});
export interface ResourceRequirements extends Static<typeof ResourceRequirements> {}

export const SELinuxOptions = object('io.k8s.api.core.v1.SELinuxOptions', {
  user: optional(1, string),
  role: optional(2, string),
  type: optional(3, string),
  level: optional(4, string),
});
export interface SELinuxOptions extends Static<typeof SELinuxOptions> {}

export const SeccompProfile = object('io.k8s.api.core.v1.SeccompProfile', {
  type: required(1, namedString('v1.SeccompProfileType')),
  localhostProfile: pointer(2, string),
});
export interface SeccompProfile extends Static<typeof SeccompProfile> {}

export const WindowsSecurityContextOptions = object('io.k8s.api.core.v1.WindowsSecurityContextOptions', {
  gmsaCredentialSpecName: pointer(1, string),
  gmsaCredentialSpec: pointer(2, string),
  runAsUserName: pointer(3, string),
  hostProcess: pointer(4, boolean),
});
export interface WindowsSecurityContextOptions extends Static<typeof WindowsSecurityContextOptions> {}

export const SecurityContext = object('io.k8s.api.core.v1.SecurityContext', {
  capabilities: pointer(1, Capabilities),
  privileged: pointer(2, boolean),
  seLinuxOptions: pointer(3, SELinuxOptions),
  windowsOptions: pointer(10, WindowsSecurityContextOptions),
  runAsUser: pointer(4, int64),
  runAsGroup: pointer(8, int64),
  runAsNonRoot: pointer(5, boolean),
  readOnlyRootFilesystem: pointer(6, boolean),
  allowPrivilegeEscalation: pointer(7, boolean),
  procMount: pointer(9, namedString('v1.ProcMountType')),
  seccompProfile: pointer(11, SeccompProfile),
  appArmorProfile: pointer(12, AppArmorProfile),
});
export interface SecurityContext extends Static<typeof SecurityContext> {}

export const VolumeDevice = object('io.k8s.api.core.v1.VolumeDevice', {
  name: required(1, string),
  devicePath: required(2, string),
});
export interface VolumeDevice extends Static<typeof VolumeDevice> {}

export const VolumeMount = object('io.k8s.api.core.v1.VolumeMount', {
  name: required(1, string),
  readOnly: optional(2, boolean),
  recursiveReadOnly: pointer(7, namedString('v1.RecursiveReadOnlyMode')),
  mountPath: required(3, string),
  subPath: optional(4, string),
  mountPropagation: pointer(5, namedString('v1.MountPropagationMode')),
  subPathExpr: optional(6, string),
});
export interface VolumeMount extends Static<typeof VolumeMount> {}

export const Container = object('io.k8s.api.core.v1.Container', {
  name: required(1, string),
  image: optional(2, string),
  command: optional(3, list(string)),
  args: optional(4, list(string)),
  workingDir: optional(5, string),
  ports: optional(
    6,
    list(ContainerPort, {
      listType: 'map',
      keys: ['containerPort', 'protocol'],
      mergeKey: 'containerPort',
      patchStrategy: 'merge',
    }),
  ),
  envFrom: optional(19, list(EnvFromSource)),
  env: optional(7, list(EnvVar, { listType: 'map', keys: ['name'], mergeKey: 'name', patchStrategy: 'merge' })),
  resources: always(8, ResourceRequirements),
  resizePolicy: optional(23, list(ContainerResizePolicy)),
  restartPolicy: pointer(24, namedString('v1.ContainerRestartPolicy')),
  restartPolicyRules: optional(25, list(ContainerRestartRule)),
  volumeMounts: optional(
    9,
    list(VolumeMount, { listType: 'map', keys: ['mountPath'], mergeKey: 'mountPath', patchStrategy: 'merge' }),
  ),
  volumeDevices: optional(
    21,
    list(VolumeDevice, { listType: 'map', keys: ['devicePath'], mergeKey: 'devicePath', patchStrategy: 'merge' }),
  ),
  livenessProbe: pointer(10, Probe),
  readinessProbe: pointer(11, Probe),
  startupProbe: pointer(22, Probe),
  lifecycle: pointer(12, Lifecycle),
  terminationMessagePath: optional(13, string),
  terminationMessagePolicy: optional(20, namedString('v1.TerminationMessagePolicy')),
  imagePullPolicy: optional(14, namedString('v1.PullPolicy')),
  securityContext: pointer(15, SecurityContext),
  stdin: optional(16, boolean),
  stdinOnce: optional(17, boolean),
  tty: optional(18, boolean),
});
export interface Container extends Static<typeof Container> {}

export const ContainerExtendedResourceRequest = object('io.k8s.api.core.v1.ContainerExtendedResourceRequest', {
  containerName: required(1, string),
  resourceName: required(2, string),
  requestName: required(3, string),
});
export interface ContainerExtendedResourceRequest extends Static<typeof ContainerExtendedResourceRequest> {}

export const ContainerImage = object('io.k8s.api.core.v1.ContainerImage', {
  names: always(1, list(string)),
  sizeBytes: optional(2, int64),
});
export interface ContainerImage extends Static<typeof ContainerImage> {}

export const ContainerStateRunning = object('io.k8s.api.core.v1.ContainerStateRunning', {
  startedAt: optional(1, time, { nullable: true }),
});
export interface ContainerStateRunning extends Static<typeof ContainerStateRunning> {}

export const ContainerStateTerminated = object('io.k8s.api.core.v1.ContainerStateTerminated', {
  exitCode: required(1, int32),
  signal: optional(2, int32),
  reason: optional(3, string),
  message: optional(4, string),
  startedAt: optional(5, time, { nullable: true }),
  finishedAt: optional(6, time, { nullable: true }),
  containerID: optional(7, string),
});
export interface ContainerStateTerminated extends Static<typeof ContainerStateTerminated> {}

export const ContainerStateWaiting = object('io.k8s.api.core.v1.ContainerStateWaiting', {
  reason: optional(1, string),
  message: optional(2, string),
});
export interface ContainerStateWaiting extends Static<typeof ContainerStateWaiting> {}

export const ContainerState = object('io.k8s.api.core.v1.ContainerState', {
  waiting: pointer(1, ContainerStateWaiting),
  running: pointer(2, ContainerStateRunning),
  terminated: pointer(3, ContainerStateTerminated),
});
export interface ContainerState extends Static<typeof ContainerState> {}

export const LinuxContainerUser = object('io.k8s.api.core.v1.LinuxContainerUser', {
  uid: required(1, int64),
  gid: required(2, int64),
  supplementalGroups: optional(3, list(int64)),
});
export interface LinuxContainerUser extends Static<typeof LinuxContainerUser> {}

export const ContainerUser = object('io.k8s.api.core.v1.ContainerUser', {
  linux: pointer(1, LinuxContainerUser),
});
export interface ContainerUser extends Static<typeof ContainerUser> {}

export const ResourceHealth = object('io.k8s.api.core.v1.ResourceHealth', {
  resourceID: required(1, namedString('v1.ResourceID')),
  health: optional(2, namedString('v1.ResourceHealthStatus')),
  message: pointer(6, string),
});
export interface ResourceHealth extends Static<typeof ResourceHealth> {}

export const ResourceStatus = object('io.k8s.api.core.v1.ResourceStatus', {
  name: required(1, namedString('v1.ResourceName')),
  resources: optional(2, list(ResourceHealth, { listType: 'map', keys: ['resourceID'] })),
});
export interface ResourceStatus extends Static<typeof ResourceStatus> {}

export const ImageVolumeStatus = object('io.k8s.api.core.v1.ImageVolumeStatus', {
  imageRef: required(1, string),
});
export interface ImageVolumeStatus extends Static<typeof ImageVolumeStatus> {}

export const VolumeStatus = object('io.k8s.api.core.v1.VolumeStatus', {
  image: pointer(1, ImageVolumeStatus),
});
export interface VolumeStatus extends Static<typeof VolumeStatus> {}

export const VolumeMountStatus = object('io.k8s.api.core.v1.VolumeMountStatus', {
  name: required(1, string),
  mountPath: required(2, string),
  readOnly: optional(3, boolean),
  recursiveReadOnly: pointer(4, namedString('v1.RecursiveReadOnlyMode')),
  volumeStatus: pointer(5, VolumeStatus),
});
export interface VolumeMountStatus extends Static<typeof VolumeMountStatus> {}

export const ContainerStatus = object('io.k8s.api.core.v1.ContainerStatus', {
  name: required(1, string),
  state: always(2, ContainerState),
  lastState: always(3, ContainerState),
  ready: required(4, boolean),
  restartCount: required(5, int32),
  image: required(6, string),
  imageID: required(7, string),
  containerID: optional(8, string),
  started: pointer(9, boolean),
  allocatedResources: optional(10, map(quantity)),
  resources: pointer(11, ResourceRequirements),
  volumeMounts: optional(
    12,
    list(VolumeMountStatus, { listType: 'map', keys: ['mountPath'], mergeKey: 'mountPath', patchStrategy: 'merge' }),
  ),
  user: pointer(13, ContainerUser),
  allocatedResourcesStatus: optional(
    14,
    list(ResourceStatus, { listType: 'map', keys: ['name'], mergeKey: 'name', patchStrategy: 'merge' }),
  ),
  stopSignal: pointer(15, namedString('v1.Signal')),
});
export interface ContainerStatus extends Static<typeof ContainerStatus> {}

export const DaemonEndpoint = object('io.k8s.api.core.v1.DaemonEndpoint', {
  Port: required(1, int32),
});
export interface DaemonEndpoint extends Static<typeof DaemonEndpoint> {}

export const DownwardAPIVolumeFile = object('io.k8s.api.core.v1.DownwardAPIVolumeFile', {
  path: required(1, string),
  fieldRef: pointer(2, ObjectFieldSelector),
  resourceFieldRef: pointer(3, ResourceFieldSelector),
  mode: pointer(4, int32),
});
export interface DownwardAPIVolumeFile extends Static<typeof DownwardAPIVolumeFile> {}

export const DownwardAPIProjection = object('io.k8s.api.core.v1.DownwardAPIProjection', {
  items: optional(1, list(DownwardAPIVolumeFile)),
});
export interface DownwardAPIProjection extends Static<typeof DownwardAPIProjection> {}

export const DownwardAPIVolumeSource = object('io.k8s.api.core.v1.DownwardAPIVolumeSource', {
  items: optional(1, list(DownwardAPIVolumeFile)),
  defaultMode: pointer(2, int32),
});
export interface DownwardAPIVolumeSource extends Static<typeof DownwardAPIVolumeSource> {}

export const EmptyDirVolumeSource = object('io.k8s.api.core.v1.EmptyDirVolumeSource', {
  medium: optional(1, namedString('v1.StorageMedium')),
  sizeLimit: pointer(2, quantity),
});
export interface EmptyDirVolumeSource extends Static<typeof EmptyDirVolumeSource> {}

export const EndpointAddress = object(
  'io.k8s.api.core.v1.EndpointAddress',
  {
    ip: required(1, string),
    hostname: optional(3, string),
    nodeName: pointer(4, string),
    targetRef: pointer(2, ObjectReference),
  },
  { atomic: true },
);
export interface EndpointAddress extends Static<typeof EndpointAddress> {}

export const EndpointPort = object(
  'io.k8s.api.core.v1.EndpointPort',
  {
    name: optional(1, string),
    port: required(2, int32),
    protocol: optional(3, namedString('v1.Protocol')),
    appProtocol: pointer(4, string),
  },
  { atomic: true },
);
export interface EndpointPort extends Static<typeof EndpointPort> {}

export const EndpointSubset = object('io.k8s.api.core.v1.EndpointSubset', {
  addresses: optional(1, list(EndpointAddress)),
  notReadyAddresses: optional(2, list(EndpointAddress)),
  ports: optional(3, list(EndpointPort)),
});
export interface EndpointSubset extends Static<typeof EndpointSubset> {}

export const Endpoints = namespaced('v1', 'io.k8s.api.core.v1.Endpoints', {
  subsets: optional(2, list(EndpointSubset)),
});
export interface Endpoints extends Static<typeof Endpoints> {}

export const EphemeralContainerCommon = object('io.k8s.api.core.v1.EphemeralContainerCommon', {
  name: required(1, string),
  image: optional(2, string),
  command: optional(3, list(string)),
  args: optional(4, list(string)),
  workingDir: optional(5, string),
  ports: optional(
    6,
    list(ContainerPort, {
      listType: 'map',
      keys: ['containerPort', 'protocol'],
      mergeKey: 'containerPort',
      patchStrategy: 'merge',
    }),
  ),
  envFrom: optional(19, list(EnvFromSource)),
  env: optional(7, list(EnvVar, { listType: 'map', keys: ['name'], mergeKey: 'name', patchStrategy: 'merge' })),
  resources: always(8, ResourceRequirements),
  resizePolicy: optional(23, list(ContainerResizePolicy)),
  restartPolicy: pointer(24, namedString('v1.ContainerRestartPolicy')),
  restartPolicyRules: optional(25, list(ContainerRestartRule)),
  volumeMounts: optional(
    9,
    list(VolumeMount, { listType: 'map', keys: ['mountPath'], mergeKey: 'mountPath', patchStrategy: 'merge' }),
  ),
  volumeDevices: optional(
    21,
    list(VolumeDevice, { listType: 'map', keys: ['devicePath'], mergeKey: 'devicePath', patchStrategy: 'merge' }),
  ),
  livenessProbe: pointer(10, Probe),
  readinessProbe: pointer(11, Probe),
  startupProbe: pointer(22, Probe),
  lifecycle: pointer(12, Lifecycle),
  terminationMessagePath: optional(13, string),
  terminationMessagePolicy: optional(20, namedString('v1.TerminationMessagePolicy')),
  imagePullPolicy: optional(14, namedString('v1.PullPolicy')),
  securityContext: pointer(15, SecurityContext),
  stdin: optional(16, boolean),
  stdinOnce: optional(17, boolean),
  tty: optional(18, boolean),
});
export interface EphemeralContainerCommon extends Static<typeof EphemeralContainerCommon> {}

export const EphemeralContainer = object(
  'io.k8s.api.core.v1.EphemeralContainer',
  {
    targetContainerName: optional(2, string),
  },
  { inline: [inline(1, EphemeralContainerCommon)] },
);
export interface EphemeralContainer extends Static<typeof EphemeralContainer> {}

export const TypedLocalObjectReference = object(
  'io.k8s.api.core.v1.TypedLocalObjectReference',
  {
    apiGroup: optional(1, string, { nullable: true }),
    kind: required(2, string),
    name: required(3, string),
  },
  { atomic: true },
);
export interface TypedLocalObjectReference extends Static<typeof TypedLocalObjectReference> {}

export const TypedObjectReference = object('io.k8s.api.core.v1.TypedObjectReference', {
  apiGroup: optional(1, string, { nullable: true }),
  kind: required(2, string),
  name: required(3, string),
  namespace: pointer(4, string),
});
export interface TypedObjectReference extends Static<typeof TypedObjectReference> {}

export const VolumeResourceRequirements = object('io.k8s.api.core.v1.VolumeResourceRequirements', {
  limits: optional(1, map(quantity)),
  requests: optional(2, map(quantity)),
});
export interface VolumeResourceRequirements extends Static<typeof VolumeResourceRequirements> {}

export const PersistentVolumeClaimSpec = object('io.k8s.api.core.v1.PersistentVolumeClaimSpec', {
  accessModes: optional(1, list(namedString('v1.PersistentVolumeAccessMode'))),
  selector: pointer(4, LabelSelector),
  resources: always(2, VolumeResourceRequirements),
  volumeName: optional(3, string),
  storageClassName: pointer(5, string),
  volumeMode: pointer(6, namedString('v1.PersistentVolumeMode')),
  dataSource: pointer(7, TypedLocalObjectReference),
  dataSourceRef: pointer(8, TypedObjectReference),
  volumeAttributesClassName: pointer(9, string),
});
export interface PersistentVolumeClaimSpec extends Static<typeof PersistentVolumeClaimSpec> {}

export const PersistentVolumeClaimTemplate = object('io.k8s.api.core.v1.PersistentVolumeClaimTemplate', {
  metadata: always(1, ObjectMeta),
  spec: required(2, PersistentVolumeClaimSpec),
});
export interface PersistentVolumeClaimTemplate extends Static<typeof PersistentVolumeClaimTemplate> {}

export const EphemeralVolumeSource = object('io.k8s.api.core.v1.EphemeralVolumeSource', {
  volumeClaimTemplate: pointer(1, PersistentVolumeClaimTemplate),
});
export interface EphemeralVolumeSource extends Static<typeof EphemeralVolumeSource> {}

export const EventSeries = object('io.k8s.api.core.v1.EventSeries', {
  count: optional(1, int32),
  lastObservedTime: optional(2, microTime, { nullable: true }),
});
export interface EventSeries extends Static<typeof EventSeries> {}

export const EventSource = object('io.k8s.api.core.v1.EventSource', {
  component: optional(1, string),
  host: optional(2, string),
});
export interface EventSource extends Static<typeof EventSource> {}

export const Event = namespaced('v1', 'io.k8s.api.core.v1.Event', {
  involvedObject: required(2, ObjectReference),
  reason: optional(3, string),
  message: optional(4, string),
  source: always(5, EventSource),
  firstTimestamp: optional(6, time, { nullable: true }),
  lastTimestamp: optional(7, time, { nullable: true }),
  count: optional(8, int32),
  type: optional(9, string),
  eventTime: optional(10, microTime, { nullable: true }),
  series: pointer(11, EventSeries),
  action: optional(12, string),
  related: pointer(13, ObjectReference),
  reportingComponent: always(14, string),
  reportingInstance: always(15, string),
});
export interface Event extends Static<typeof Event> {}

export const FCVolumeSource = object('io.k8s.api.core.v1.FCVolumeSource', {
  targetWWNs: optional(1, list(string)),
  lun: pointer(2, int32),
  fsType: optional(3, string),
  readOnly: optional(4, boolean),
  wwids: optional(5, list(string)),
});
export interface FCVolumeSource extends Static<typeof FCVolumeSource> {}

export const FlexPersistentVolumeSource = object('io.k8s.api.core.v1.FlexPersistentVolumeSource', {
  driver: required(1, string),
  fsType: optional(2, string),
  secretRef: pointer(3, SecretReference),
  readOnly: optional(4, boolean),
  options: optional(5, map(string)),
});
export interface FlexPersistentVolumeSource extends Static<typeof FlexPersistentVolumeSource> {}

export const FlexVolumeSource = object('io.k8s.api.core.v1.FlexVolumeSource', {
  driver: required(1, string),
  fsType: optional(2, string),
  secretRef: pointer(3, LocalObjectReference),
  readOnly: optional(4, boolean),
  options: optional(5, map(string)),
});
export interface FlexVolumeSource extends Static<typeof FlexVolumeSource> {}

export const FlockerVolumeSource = object('io.k8s.api.core.v1.FlockerVolumeSource', {
  datasetName: optional(1, string),
  datasetUUID: optional(2, string),
});
export interface FlockerVolumeSource extends Static<typeof FlockerVolumeSource> {}

export const GCEPersistentDiskVolumeSource = object('io.k8s.api.core.v1.GCEPersistentDiskVolumeSource', {
  pdName: required(1, string),
  fsType: optional(2, string),
  partition: optional(3, int32),
  readOnly: optional(4, boolean),
});
export interface GCEPersistentDiskVolumeSource extends Static<typeof GCEPersistentDiskVolumeSource> {}

export const GitRepoVolumeSource = object('io.k8s.api.core.v1.GitRepoVolumeSource', {
  repository: required(1, string),
  revision: optional(2, string),
  directory: optional(3, string),
});
export interface GitRepoVolumeSource extends Static<typeof GitRepoVolumeSource> {}

export const GlusterfsPersistentVolumeSource = object('io.k8s.api.core.v1.GlusterfsPersistentVolumeSource', {
  endpoints: required(1, string),
  path: required(2, string),
  readOnly: optional(3, boolean),
  endpointsNamespace: pointer(4, string),
});
export interface GlusterfsPersistentVolumeSource extends Static<typeof GlusterfsPersistentVolumeSource> {}

export const GlusterfsVolumeSource = object('io.k8s.api.core.v1.GlusterfsVolumeSource', {
  endpoints: required(1, string),
  path: required(2, string),
  readOnly: optional(3, boolean),
});
export interface GlusterfsVolumeSource extends Static<typeof GlusterfsVolumeSource> {}

export const HostAlias = object('io.k8s.api.core.v1.HostAlias', {
  ip: required(1, string),
  hostnames: optional(2, list(string)),
});
export interface HostAlias extends Static<typeof HostAlias> {}

export const HostIP = object('io.k8s.api.core.v1.HostIP', {
  ip: required(1, string),
});
export interface HostIP extends Static<typeof HostIP> {}

export const HostPathVolumeSource = object('io.k8s.api.core.v1.HostPathVolumeSource', {
  path: required(1, string),
  type: pointer(2, namedString('v1.HostPathType')),
});
export interface HostPathVolumeSource extends Static<typeof HostPathVolumeSource> {}

export const ISCSIPersistentVolumeSource = object('io.k8s.api.core.v1.ISCSIPersistentVolumeSource', {
  targetPortal: required(1, string),
  iqn: required(2, string),
  lun: required(3, int32),
  iscsiInterface: optional(4, string, { default: 'default' }),
  fsType: optional(5, string),
  readOnly: optional(6, boolean),
  portals: optional(7, list(string)),
  chapAuthDiscovery: optional(8, boolean),
  chapAuthSession: optional(11, boolean),
  secretRef: pointer(10, SecretReference),
  initiatorName: pointer(12, string),
});
export interface ISCSIPersistentVolumeSource extends Static<typeof ISCSIPersistentVolumeSource> {}

export const ISCSIVolumeSource = object('io.k8s.api.core.v1.ISCSIVolumeSource', {
  targetPortal: required(1, string),
  iqn: required(2, string),
  lun: required(3, int32),
  iscsiInterface: optional(4, string, { default: 'default' }),
  fsType: optional(5, string),
  readOnly: optional(6, boolean),
  portals: optional(7, list(string)),
  chapAuthDiscovery: optional(8, boolean),
  chapAuthSession: optional(11, boolean),
  secretRef: pointer(10, LocalObjectReference),
  initiatorName: pointer(12, string),
});
export interface ISCSIVolumeSource extends Static<typeof ISCSIVolumeSource> {}

export const ImageVolumeSource = object('io.k8s.api.core.v1.ImageVolumeSource', {
  reference: optional(1, string),
  pullPolicy: optional(2, namedString('v1.PullPolicy')),
});
export interface ImageVolumeSource extends Static<typeof ImageVolumeSource> {}

export const LimitRangeItem = object('io.k8s.api.core.v1.LimitRangeItem', {
  type: required(1, namedString('v1.LimitType')),
  max: optional(2, map(quantity)),
  min: optional(3, map(quantity)),
  default: optional(4, map(quantity)),
  defaultRequest: optional(5, map(quantity)),
  maxLimitRequestRatio: optional(6, map(quantity)),
});
export interface LimitRangeItem extends Static<typeof LimitRangeItem> {}

export const LimitRangeSpec = object('io.k8s.api.core.v1.LimitRangeSpec', {
  limits: required(1, list(LimitRangeItem)),
});
export interface LimitRangeSpec extends Static<typeof LimitRangeSpec> {}

export const LimitRange = namespaced('v1', 'io.k8s.api.core.v1.LimitRange', {
  spec: always(2, LimitRangeSpec),
});
export interface LimitRange extends Static<typeof LimitRange> {}

export const PortStatus = object('io.k8s.api.core.v1.PortStatus', {
  port: required(1, int32),
  protocol: required(2, namedString('v1.Protocol')),
  error: pointer(3, string),
});
export interface PortStatus extends Static<typeof PortStatus> {}

export const LoadBalancerIngress = object('io.k8s.api.core.v1.LoadBalancerIngress', {
  ip: optional(1, string),
  hostname: optional(2, string),
  ipMode: pointer(3, namedString('v1.LoadBalancerIPMode')),
  ports: optional(4, list(PortStatus)),
});
export interface LoadBalancerIngress extends Static<typeof LoadBalancerIngress> {}

export const LoadBalancerStatus = object('io.k8s.api.core.v1.LoadBalancerStatus', {
  ingress: optional(1, list(LoadBalancerIngress)),
});
export interface LoadBalancerStatus extends Static<typeof LoadBalancerStatus> {}

export const LocalVolumeSource = object('io.k8s.api.core.v1.LocalVolumeSource', {
  path: required(1, string),
  fsType: pointer(2, string),
});
export interface LocalVolumeSource extends Static<typeof LocalVolumeSource> {}

export const ModifyVolumeStatus = object('io.k8s.api.core.v1.ModifyVolumeStatus', {
  targetVolumeAttributesClassName: optional(1, string),
  status: required(2, namedString('v1.PersistentVolumeClaimModifyVolumeStatus')),
});
export interface ModifyVolumeStatus extends Static<typeof ModifyVolumeStatus> {}

export const NFSVolumeSource = object('io.k8s.api.core.v1.NFSVolumeSource', {
  server: required(1, string),
  path: required(2, string),
  readOnly: optional(3, boolean),
});
export interface NFSVolumeSource extends Static<typeof NFSVolumeSource> {}

export const NamespaceSpec = object('io.k8s.api.core.v1.NamespaceSpec', {
  finalizers: optional(1, list(namedString('v1.FinalizerName'))),
});
export interface NamespaceSpec extends Static<typeof NamespaceSpec> {}

export const NamespaceCondition = object('io.k8s.api.core.v1.NamespaceCondition', {
  type: required(1, namedString('v1.NamespaceConditionType')),
  status: required(2, namedString('v1.ConditionStatus')),
  lastTransitionTime: optional(4, time, { nullable: true }),
  reason: optional(5, string),
  message: optional(6, string),
});
export interface NamespaceCondition extends Static<typeof NamespaceCondition> {}

export const NamespaceStatus = object('io.k8s.api.core.v1.NamespaceStatus', {
  phase: optional(1, namedString('v1.NamespacePhase')),
  conditions: optional(
    2,
    list(NamespaceCondition, { listType: 'map', keys: ['type'], mergeKey: 'type', patchStrategy: 'merge' }),
  ),
});
export interface NamespaceStatus extends Static<typeof NamespaceStatus> {}

export const Namespace = clusterScoped('v1', 'io.k8s.api.core.v1.Namespace', {
  spec: always(2, NamespaceSpec),
  status: always(3, NamespaceStatus),
});
export interface Namespace extends Static<typeof Namespace> {}

export const NodeConfigSource = object('io.k8s.api.core.v1.NodeConfigSource', {
  configMap: pointer(2, ConfigMapNodeConfigSource),
});
export interface NodeConfigSource extends Static<typeof NodeConfigSource> {}

export const Taint = object('io.k8s.api.core.v1.Taint', {
  key: required(1, string),
  value: optional(2, string),
  effect: required(3, namedString('v1.TaintEffect')),
  timeAdded: pointer(4, time),
});
export interface Taint extends Static<typeof Taint> {}

export const NodeSpec = object('io.k8s.api.core.v1.NodeSpec', {
  podCIDR: optional(1, string),
  podCIDRs: optional(7, list(string, { listType: 'set', patchStrategy: 'merge' })),
  providerID: optional(3, string),
  unschedulable: optional(4, boolean),
  taints: optional(5, list(Taint)),
  configSource: pointer(6, NodeConfigSource),
  externalID: optional(2, string),
});
export interface NodeSpec extends Static<typeof NodeSpec> {}

export const NodeAddress = object('io.k8s.api.core.v1.NodeAddress', {
  type: required(1, namedString('v1.NodeAddressType')),
  address: required(2, string),
});
export interface NodeAddress extends Static<typeof NodeAddress> {}

export const NodeCondition = object('io.k8s.api.core.v1.NodeCondition', {
  type: required(1, namedString('v1.NodeConditionType')),
  status: required(2, namedString('v1.ConditionStatus')),
  lastHeartbeatTime: optional(3, time, { nullable: true }),
  lastTransitionTime: optional(4, time, { nullable: true }),
  reason: optional(5, string),
  message: optional(6, string),
});
export interface NodeCondition extends Static<typeof NodeCondition> {}

export const NodeConfigStatus = object('io.k8s.api.core.v1.NodeConfigStatus', {
  assigned: pointer(1, NodeConfigSource),
  active: pointer(2, NodeConfigSource),
  lastKnownGood: pointer(3, NodeConfigSource),
  error: optional(4, string),
});
export interface NodeConfigStatus extends Static<typeof NodeConfigStatus> {}

export const NodeDaemonEndpoints = object('io.k8s.api.core.v1.NodeDaemonEndpoints', {
  kubeletEndpoint: always(1, DaemonEndpoint),
});
export interface NodeDaemonEndpoints extends Static<typeof NodeDaemonEndpoints> {}

export const NodeFeatures = object('io.k8s.api.core.v1.NodeFeatures', {
  supplementalGroupsPolicy: pointer(1, boolean),
});
export interface NodeFeatures extends Static<typeof NodeFeatures> {}

export const NodeRuntimeHandlerFeatures = object('io.k8s.api.core.v1.NodeRuntimeHandlerFeatures', {
  recursiveReadOnlyMounts: pointer(1, boolean),
  userNamespaces: pointer(2, boolean),
});
export interface NodeRuntimeHandlerFeatures extends Static<typeof NodeRuntimeHandlerFeatures> {}

export const NodeRuntimeHandler = object('io.k8s.api.core.v1.NodeRuntimeHandler', {
  name: optional(1, string),
  features: pointer(2, NodeRuntimeHandlerFeatures),
});
export interface NodeRuntimeHandler extends Static<typeof NodeRuntimeHandler> {}

export const NodeSwapStatus = object('io.k8s.api.core.v1.NodeSwapStatus', {
  capacity: pointer(1, int64),
});
export interface NodeSwapStatus extends Static<typeof NodeSwapStatus> {}

export const NodeSystemInfo = object('io.k8s.api.core.v1.NodeSystemInfo', {
  machineID: required(1, string),
  systemUUID: required(2, string),
  bootID: required(3, string),
  kernelVersion: required(4, string),
  osImage: required(5, string),
  containerRuntimeVersion: required(6, string),
  kubeletVersion: required(7, string),
  kubeProxyVersion: required(8, string),
  operatingSystem: required(9, string),
  architecture: required(10, string),
  swap: pointer(11, NodeSwapStatus),
});
export interface NodeSystemInfo extends Static<typeof NodeSystemInfo> {}

export const NodeStatus = object('io.k8s.api.core.v1.NodeStatus', {
  capacity: optional(1, map(quantity)),
  allocatable: optional(2, map(quantity)),
  phase: optional(3, namedString('v1.NodePhase')),
  conditions: optional(
    4,
    list(NodeCondition, { listType: 'map', keys: ['type'], mergeKey: 'type', patchStrategy: 'merge' }),
  ),
  addresses: optional(
    5,
    list(NodeAddress, { listType: 'map', keys: ['type'], mergeKey: 'type', patchStrategy: 'merge' }),
  ),
  daemonEndpoints: always(6, NodeDaemonEndpoints),
  nodeInfo: always(7, NodeSystemInfo),
  images: optional(8, list(ContainerImage)),
  volumesInUse: optional(9, list(namedString('v1.UniqueVolumeName'))),
  volumesAttached: optional(10, list(AttachedVolume)),
  config: pointer(11, NodeConfigStatus),
  runtimeHandlers: optional(12, list(NodeRuntimeHandler)),
  features: pointer(13, NodeFeatures),
  declaredFeatures: optional(14, list(string)),
});
export interface NodeStatus extends Static<typeof NodeStatus> {}

export const Node = clusterScoped('v1', 'io.k8s.api.core.v1.Node', {
  spec: always(2, NodeSpec),
  status: always(3, NodeStatus),
});
export interface Node extends Static<typeof Node> {}

export const NodeAllocatableResourceClaimStatus = object('io.k8s.api.core.v1.NodeAllocatableResourceClaimStatus', {
  resourceClaimName: required(1, string),
  containers: optional(2, list(string, { listType: 'set' })),
  resources: required(3, map(quantity)),
});
export interface NodeAllocatableResourceClaimStatus extends Static<typeof NodeAllocatableResourceClaimStatus> {}

export const PhotonPersistentDiskVolumeSource = object('io.k8s.api.core.v1.PhotonPersistentDiskVolumeSource', {
  pdID: required(1, string),
  fsType: optional(2, string),
});
export interface PhotonPersistentDiskVolumeSource extends Static<typeof PhotonPersistentDiskVolumeSource> {}

export const PortworxVolumeSource = object('io.k8s.api.core.v1.PortworxVolumeSource', {
  volumeID: required(1, string),
  fsType: optional(2, string),
  readOnly: optional(3, boolean),
});
export interface PortworxVolumeSource extends Static<typeof PortworxVolumeSource> {}

export const QuobyteVolumeSource = object('io.k8s.api.core.v1.QuobyteVolumeSource', {
  registry: required(1, string),
  volume: required(2, string),
  readOnly: optional(3, boolean),
  user: optional(4, string),
  group: optional(5, string),
  tenant: optional(6, string),
});
export interface QuobyteVolumeSource extends Static<typeof QuobyteVolumeSource> {}

export const RBDPersistentVolumeSource = object('io.k8s.api.core.v1.RBDPersistentVolumeSource', {
  monitors: required(1, list(string)),
  image: required(2, string),
  fsType: optional(3, string),
  pool: optional(4, string, { default: 'rbd' }),
  user: optional(5, string, { default: 'admin' }),
  keyring: optional(6, string, { default: '/etc/ceph/keyring' }),
  secretRef: pointer(7, SecretReference),
  readOnly: optional(8, boolean),
});
export interface RBDPersistentVolumeSource extends Static<typeof RBDPersistentVolumeSource> {}

export const ScaleIOPersistentVolumeSource = object('io.k8s.api.core.v1.ScaleIOPersistentVolumeSource', {
  gateway: required(1, string),
  system: required(2, string),
  secretRef: required(3, SecretReference, { nullable: true }),
  sslEnabled: optional(4, boolean),
  protectionDomain: optional(5, string),
  storagePool: optional(6, string),
  storageMode: optional(7, string, { default: 'ThinProvisioned' }),
  volumeName: optional(8, string),
  fsType: optional(9, string, { default: 'xfs' }),
  readOnly: optional(10, boolean),
});
export interface ScaleIOPersistentVolumeSource extends Static<typeof ScaleIOPersistentVolumeSource> {}

export const StorageOSPersistentVolumeSource = object('io.k8s.api.core.v1.StorageOSPersistentVolumeSource', {
  volumeName: optional(1, string),
  volumeNamespace: optional(2, string),
  fsType: optional(3, string),
  readOnly: optional(4, boolean),
  secretRef: pointer(5, ObjectReference),
});
export interface StorageOSPersistentVolumeSource extends Static<typeof StorageOSPersistentVolumeSource> {}

export const VsphereVirtualDiskVolumeSource = object('io.k8s.api.core.v1.VsphereVirtualDiskVolumeSource', {
  volumePath: required(1, string),
  fsType: optional(2, string),
  storagePolicyName: optional(3, string),
  storagePolicyID: optional(4, string),
});
export interface VsphereVirtualDiskVolumeSource extends Static<typeof VsphereVirtualDiskVolumeSource> {}

export const PersistentVolumeSource = object('io.k8s.api.core.v1.PersistentVolumeSource', {
  gcePersistentDisk: pointer(1, GCEPersistentDiskVolumeSource),
  awsElasticBlockStore: pointer(2, AWSElasticBlockStoreVolumeSource),
  hostPath: pointer(3, HostPathVolumeSource),
  glusterfs: pointer(4, GlusterfsPersistentVolumeSource),
  nfs: pointer(5, NFSVolumeSource),
  rbd: pointer(6, RBDPersistentVolumeSource),
  iscsi: pointer(7, ISCSIPersistentVolumeSource),
  cinder: pointer(8, CinderPersistentVolumeSource),
  cephfs: pointer(9, CephFSPersistentVolumeSource),
  fc: pointer(10, FCVolumeSource),
  flocker: pointer(11, FlockerVolumeSource),
  flexVolume: pointer(12, FlexPersistentVolumeSource),
  azureFile: pointer(13, AzureFilePersistentVolumeSource),
  vsphereVolume: pointer(14, VsphereVirtualDiskVolumeSource),
  quobyte: pointer(15, QuobyteVolumeSource),
  azureDisk: pointer(16, AzureDiskVolumeSource),
  photonPersistentDisk: pointer(17, PhotonPersistentDiskVolumeSource),
  portworxVolume: pointer(18, PortworxVolumeSource),
  scaleIO: pointer(19, ScaleIOPersistentVolumeSource),
  local: pointer(20, LocalVolumeSource),
  storageos: pointer(21, StorageOSPersistentVolumeSource),
  csi: pointer(22, CSIPersistentVolumeSource),
});
export interface PersistentVolumeSource extends Static<typeof PersistentVolumeSource> {}

export const VolumeNodeAffinity = object('io.k8s.api.core.v1.VolumeNodeAffinity', {
  required: pointer(1, NodeSelector),
});
export interface VolumeNodeAffinity extends Static<typeof VolumeNodeAffinity> {}

export const PersistentVolumeSpec = object(
  'io.k8s.api.core.v1.PersistentVolumeSpec',
  {
    capacity: optional(1, map(quantity)),
    accessModes: optional(3, list(namedString('v1.PersistentVolumeAccessMode'))),
    claimRef: pointer(4, ObjectReference, { atomic: false }),
    persistentVolumeReclaimPolicy: optional(5, namedString('v1.PersistentVolumeReclaimPolicy')),
    storageClassName: optional(6, string),
    mountOptions: optional(7, list(string)),
    volumeMode: pointer(8, namedString('v1.PersistentVolumeMode')),
    nodeAffinity: pointer(9, VolumeNodeAffinity),
    volumeAttributesClassName: pointer(10, string),
  },
  { inline: [inline(2, PersistentVolumeSource)] },
);
export interface PersistentVolumeSpec extends Static<typeof PersistentVolumeSpec> {}

export const PersistentVolumeStatus = object('io.k8s.api.core.v1.PersistentVolumeStatus', {
  phase: optional(1, namedString('v1.PersistentVolumePhase')),
  message: optional(2, string),
  reason: optional(3, string),
  lastPhaseTransitionTime: pointer(4, time),
});
export interface PersistentVolumeStatus extends Static<typeof PersistentVolumeStatus> {}

export const PersistentVolume = clusterScoped('v1', 'io.k8s.api.core.v1.PersistentVolume', {
  spec: always(2, PersistentVolumeSpec),
  status: always(3, PersistentVolumeStatus),
});
export interface PersistentVolume extends Static<typeof PersistentVolume> {}

export const PersistentVolumeClaimCondition = object('io.k8s.api.core.v1.PersistentVolumeClaimCondition', {
  type: required(1, namedString('v1.PersistentVolumeClaimConditionType')),
  status: required(2, namedString('v1.ConditionStatus')),
  lastProbeTime: optional(3, time, { nullable: true }),
  lastTransitionTime: optional(4, time, { nullable: true }),
  reason: optional(5, string),
  message: optional(6, string),
});
export interface PersistentVolumeClaimCondition extends Static<typeof PersistentVolumeClaimCondition> {}

export const PersistentVolumeClaimStatus = object('io.k8s.api.core.v1.PersistentVolumeClaimStatus', {
  phase: optional(1, namedString('v1.PersistentVolumeClaimPhase')),
  accessModes: optional(2, list(namedString('v1.PersistentVolumeAccessMode'))),
  capacity: optional(3, map(quantity)),
  conditions: optional(
    4,
    list(PersistentVolumeClaimCondition, { listType: 'map', keys: ['type'], mergeKey: 'type', patchStrategy: 'merge' }),
  ),
  allocatedResources: optional(5, map(quantity)),
  allocatedResourceStatuses: optional(7, map(string)),
  currentVolumeAttributesClassName: pointer(8, string),
  modifyVolumeStatus: pointer(9, ModifyVolumeStatus),
});
export interface PersistentVolumeClaimStatus extends Static<typeof PersistentVolumeClaimStatus> {}

export const PersistentVolumeClaim = namespaced('v1', 'io.k8s.api.core.v1.PersistentVolumeClaim', {
  spec: always(2, PersistentVolumeClaimSpec),
  status: always(3, PersistentVolumeClaimStatus),
});
export interface PersistentVolumeClaim extends Static<typeof PersistentVolumeClaim> {}

export const PersistentVolumeClaimVolumeSource = object('io.k8s.api.core.v1.PersistentVolumeClaimVolumeSource', {
  claimName: required(1, string),
  readOnly: optional(2, boolean),
});
export interface PersistentVolumeClaimVolumeSource extends Static<typeof PersistentVolumeClaimVolumeSource> {}

export const PodDNSConfigOption = object('io.k8s.api.core.v1.PodDNSConfigOption', {
  name: optional(1, string),
  value: pointer(2, string),
});
export interface PodDNSConfigOption extends Static<typeof PodDNSConfigOption> {}

export const PodDNSConfig = object('io.k8s.api.core.v1.PodDNSConfig', {
  nameservers: optional(1, list(string)),
  searches: optional(2, list(string)),
  options: optional(3, list(PodDNSConfigOption)),
});
export interface PodDNSConfig extends Static<typeof PodDNSConfig> {}

export const PodOS = object('io.k8s.api.core.v1.PodOS', {
  name: required(1, namedString('v1.OSName')),
});
export interface PodOS extends Static<typeof PodOS> {}

export const PodReadinessGate = object('io.k8s.api.core.v1.PodReadinessGate', {
  conditionType: required(1, namedString('v1.PodConditionType')),
});
export interface PodReadinessGate extends Static<typeof PodReadinessGate> {}

export const PodResourceClaim = object('io.k8s.api.core.v1.PodResourceClaim', {
  name: required(1, string),
  resourceClaimName: pointer(3, string),
  resourceClaimTemplateName: pointer(4, string),
});
export interface PodResourceClaim extends Static<typeof PodResourceClaim> {}

export const PodSchedulingGate = object('io.k8s.api.core.v1.PodSchedulingGate', {
  name: required(1, string),
});
export interface PodSchedulingGate extends Static<typeof PodSchedulingGate> {}

export const PodSchedulingGroup = object('io.k8s.api.core.v1.PodSchedulingGroup', {
  podGroupName: pointer(1, string),
});
export interface PodSchedulingGroup extends Static<typeof PodSchedulingGroup> {}

export const Sysctl = object('io.k8s.api.core.v1.Sysctl', {
  name: required(1, string),
  value: required(2, string),
});
export interface Sysctl extends Static<typeof Sysctl> {}

export const PodSecurityContext = object('io.k8s.api.core.v1.PodSecurityContext', {
  seLinuxOptions: pointer(1, SELinuxOptions),
  windowsOptions: pointer(8, WindowsSecurityContextOptions),
  runAsUser: pointer(2, int64),
  runAsGroup: pointer(6, int64),
  runAsNonRoot: pointer(3, boolean),
  supplementalGroups: optional(4, list(int64)),
  supplementalGroupsPolicy: pointer(12, namedString('v1.SupplementalGroupsPolicy')),
  fsGroup: pointer(5, int64),
  sysctls: optional(7, list(Sysctl)),
  fsGroupChangePolicy: pointer(9, namedString('v1.PodFSGroupChangePolicy')),
  seccompProfile: pointer(10, SeccompProfile),
  appArmorProfile: pointer(11, AppArmorProfile),
  seLinuxChangePolicy: pointer(13, namedString('v1.PodSELinuxChangePolicy')),
});
export interface PodSecurityContext extends Static<typeof PodSecurityContext> {}

export const Toleration = object('io.k8s.api.core.v1.Toleration', {
  key: optional(1, string),
  operator: optional(2, namedString('v1.TolerationOperator')),
  value: optional(3, string),
  effect: optional(4, namedString('v1.TaintEffect')),
  tolerationSeconds: pointer(5, int64),
});
export interface Toleration extends Static<typeof Toleration> {}

export const TopologySpreadConstraint = object('io.k8s.api.core.v1.TopologySpreadConstraint', {
  maxSkew: required(1, int32),
  topologyKey: required(2, string),
  whenUnsatisfiable: required(3, namedString('v1.UnsatisfiableConstraintAction')),
  labelSelector: pointer(4, LabelSelector),
  minDomains: pointer(5, int32),
  nodeAffinityPolicy: pointer(6, namedString('v1.NodeInclusionPolicy')),
  nodeTaintsPolicy: pointer(7, namedString('v1.NodeInclusionPolicy')),
  matchLabelKeys: optional(8, list(string)),
});
export interface TopologySpreadConstraint extends Static<typeof TopologySpreadConstraint> {}

export const PodCertificateProjection = object('io.k8s.api.core.v1.PodCertificateProjection', {
  signerName: required(1, string),
  keyType: required(2, string),
  maxExpirationSeconds: pointer(3, int32),
  credentialBundlePath: optional(4, string),
  keyPath: optional(5, string),
  certificateChainPath: optional(6, string),
  userAnnotations: optional(7, map(string)),
});
export interface PodCertificateProjection extends Static<typeof PodCertificateProjection> {}

export const SecretProjection = object(
  'io.k8s.api.core.v1.SecretProjection',
  {
    items: optional(2, list(KeyToPath)),
    optional: pointer(4, boolean),
  },
  { inline: [inline(1, LocalObjectReference)] },
);
export interface SecretProjection extends Static<typeof SecretProjection> {}

export const ServiceAccountTokenProjection = object('io.k8s.api.core.v1.ServiceAccountTokenProjection', {
  audience: optional(1, string),
  expirationSeconds: pointer(2, int64),
  path: required(3, string),
});
export interface ServiceAccountTokenProjection extends Static<typeof ServiceAccountTokenProjection> {}

export const VolumeProjection = object('io.k8s.api.core.v1.VolumeProjection', {
  secret: pointer(1, SecretProjection),
  downwardAPI: pointer(2, DownwardAPIProjection),
  configMap: pointer(3, ConfigMapProjection),
  serviceAccountToken: pointer(4, ServiceAccountTokenProjection),
  clusterTrustBundle: pointer(5, ClusterTrustBundleProjection),
  podCertificate: pointer(6, PodCertificateProjection),
});
export interface VolumeProjection extends Static<typeof VolumeProjection> {}

export const ProjectedVolumeSource = object('io.k8s.api.core.v1.ProjectedVolumeSource', {
  sources: always(1, list(VolumeProjection)),
  defaultMode: pointer(2, int32),
});
export interface ProjectedVolumeSource extends Static<typeof ProjectedVolumeSource> {}

export const RBDVolumeSource = object('io.k8s.api.core.v1.RBDVolumeSource', {
  monitors: required(1, list(string)),
  image: required(2, string),
  fsType: optional(3, string),
  pool: optional(4, string, { default: 'rbd' }),
  user: optional(5, string, { default: 'admin' }),
  keyring: optional(6, string, { default: '/etc/ceph/keyring' }),
  secretRef: pointer(7, LocalObjectReference),
  readOnly: optional(8, boolean),
});
export interface RBDVolumeSource extends Static<typeof RBDVolumeSource> {}

export const ScaleIOVolumeSource = object('io.k8s.api.core.v1.ScaleIOVolumeSource', {
  gateway: required(1, string),
  system: required(2, string),
  secretRef: required(3, LocalObjectReference, { nullable: true }),
  sslEnabled: optional(4, boolean),
  protectionDomain: optional(5, string),
  storagePool: optional(6, string),
  storageMode: optional(7, string, { default: 'ThinProvisioned' }),
  volumeName: optional(8, string),
  fsType: optional(9, string, { default: 'xfs' }),
  readOnly: optional(10, boolean),
});
export interface ScaleIOVolumeSource extends Static<typeof ScaleIOVolumeSource> {}

export const SecretVolumeSource = object('io.k8s.api.core.v1.SecretVolumeSource', {
  secretName: optional(1, string),
  items: optional(2, list(KeyToPath)),
  defaultMode: pointer(3, int32),
  optional: pointer(4, boolean),
});
export interface SecretVolumeSource extends Static<typeof SecretVolumeSource> {}

export const StorageOSVolumeSource = object('io.k8s.api.core.v1.StorageOSVolumeSource', {
  volumeName: optional(1, string),
  volumeNamespace: optional(2, string),
  fsType: optional(3, string),
  readOnly: optional(4, boolean),
  secretRef: pointer(5, LocalObjectReference),
});
export interface StorageOSVolumeSource extends Static<typeof StorageOSVolumeSource> {}

export const VolumeSource = object('io.k8s.api.core.v1.VolumeSource', {
  hostPath: pointer(1, HostPathVolumeSource),
  emptyDir: pointer(2, EmptyDirVolumeSource),
  gcePersistentDisk: pointer(3, GCEPersistentDiskVolumeSource),
  awsElasticBlockStore: pointer(4, AWSElasticBlockStoreVolumeSource),
  gitRepo: pointer(5, GitRepoVolumeSource),
  secret: pointer(6, SecretVolumeSource),
  nfs: pointer(7, NFSVolumeSource),
  iscsi: pointer(8, ISCSIVolumeSource),
  glusterfs: pointer(9, GlusterfsVolumeSource),
  persistentVolumeClaim: pointer(10, PersistentVolumeClaimVolumeSource),
  rbd: pointer(11, RBDVolumeSource),
  flexVolume: pointer(12, FlexVolumeSource),
  cinder: pointer(13, CinderVolumeSource),
  cephfs: pointer(14, CephFSVolumeSource),
  flocker: pointer(15, FlockerVolumeSource),
  downwardAPI: pointer(16, DownwardAPIVolumeSource),
  fc: pointer(17, FCVolumeSource),
  azureFile: pointer(18, AzureFileVolumeSource),
  configMap: pointer(19, ConfigMapVolumeSource),
  vsphereVolume: pointer(20, VsphereVirtualDiskVolumeSource),
  quobyte: pointer(21, QuobyteVolumeSource),
  azureDisk: pointer(22, AzureDiskVolumeSource),
  photonPersistentDisk: pointer(23, PhotonPersistentDiskVolumeSource),
  projected: pointer(26, ProjectedVolumeSource),
  portworxVolume: pointer(24, PortworxVolumeSource),
  scaleIO: pointer(25, ScaleIOVolumeSource),
  storageos: pointer(27, StorageOSVolumeSource),
  csi: pointer(28, CSIVolumeSource),
  ephemeral: pointer(29, EphemeralVolumeSource),
  image: pointer(30, ImageVolumeSource),
});
export interface VolumeSource extends Static<typeof VolumeSource> {}

export const Volume = object(
  'io.k8s.api.core.v1.Volume',
  {
    name: required(1, string),
  },
  { inline: [inline(2, VolumeSource)] },
);
export interface Volume extends Static<typeof Volume> {}

export const PodSpec = object('io.k8s.api.core.v1.PodSpec', {
  volumes: optional(
    1,
    list(Volume, { listType: 'map', keys: ['name'], mergeKey: 'name', patchStrategy: 'merge,retainKeys' }),
  ),
  initContainers: optional(
    20,
    list(Container, { listType: 'map', keys: ['name'], mergeKey: 'name', patchStrategy: 'merge' }),
  ),
  containers: required(
    2,
    list(Container, { listType: 'map', keys: ['name'], mergeKey: 'name', patchStrategy: 'merge' }),
  ),
  ephemeralContainers: optional(
    34,
    list(EphemeralContainer, { listType: 'map', keys: ['name'], mergeKey: 'name', patchStrategy: 'merge' }),
  ),
  restartPolicy: optional(3, namedString('v1.RestartPolicy')),
  terminationGracePeriodSeconds: pointer(4, int64),
  activeDeadlineSeconds: pointer(5, int64),
  dnsPolicy: optional(6, namedString('v1.DNSPolicy')),
  nodeSelector: optional(7, map(string, { atomic: true })),
  serviceAccountName: optional(8, string),
  serviceAccount: optional(9, string),
  automountServiceAccountToken: pointer(21, boolean),
  nodeName: optional(10, string),
  hostNetwork: optional(11, boolean),
  hostPID: optional(12, boolean),
  hostIPC: optional(13, boolean),
  shareProcessNamespace: pointer(27, boolean),
  securityContext: pointer(14, PodSecurityContext),
  imagePullSecrets: optional(
    15,
    list(LocalObjectReference, { listType: 'map', keys: ['name'], mergeKey: 'name', patchStrategy: 'merge' }),
  ),
  hostname: optional(16, string),
  subdomain: optional(17, string),
  affinity: pointer(18, Affinity),
  schedulerName: optional(19, string),
  tolerations: optional(22, list(Toleration)),
  hostAliases: optional(23, list(HostAlias, { listType: 'map', keys: ['ip'], mergeKey: 'ip', patchStrategy: 'merge' })),
  priorityClassName: optional(24, string),
  priority: pointer(25, int32),
  dnsConfig: pointer(26, PodDNSConfig),
  readinessGates: optional(28, list(PodReadinessGate)),
  runtimeClassName: pointer(29, string),
  enableServiceLinks: pointer(30, boolean),
  preemptionPolicy: pointer(31, namedString('v1.PreemptionPolicy')),
  overhead: optional(32, map(quantity)),
  topologySpreadConstraints: optional(
    33,
    list(TopologySpreadConstraint, {
      listType: 'map',
      keys: ['topologyKey', 'whenUnsatisfiable'],
      mergeKey: 'topologyKey',
      patchStrategy: 'merge',
    }),
  ),
  setHostnameAsFQDN: pointer(35, boolean),
  os: pointer(36, PodOS),
  hostUsers: pointer(37, boolean),
  schedulingGates: optional(
    38,
    list(PodSchedulingGate, { listType: 'map', keys: ['name'], mergeKey: 'name', patchStrategy: 'merge' }),
  ),
  resourceClaims: optional(
    39,
    list(PodResourceClaim, { listType: 'map', keys: ['name'], mergeKey: 'name', patchStrategy: 'merge,retainKeys' }),
  ),
  resources: pointer(40, ResourceRequirements),
  hostnameOverride: pointer(41, string),
  schedulingGroup: pointer(43, PodSchedulingGroup),
});
export interface PodSpec extends Static<typeof PodSpec> {}

export const PodCondition = object('io.k8s.api.core.v1.PodCondition', {
  type: required(1, namedString('v1.PodConditionType')),
  observedGeneration: pointer(7, int64),
  status: required(2, namedString('v1.ConditionStatus')),
  lastProbeTime: optional(3, time, { nullable: true }),
  lastTransitionTime: optional(4, time, { nullable: true }),
  reason: optional(5, string),
  message: optional(6, string),
});
export interface PodCondition extends Static<typeof PodCondition> {}

export const PodExtendedResourceClaimStatus = object('io.k8s.api.core.v1.PodExtendedResourceClaimStatus', {
  requestMappings: required(1, list(ContainerExtendedResourceRequest)),
  resourceClaimName: required(2, string),
});
export interface PodExtendedResourceClaimStatus extends Static<typeof PodExtendedResourceClaimStatus> {}

export const PodIP = object('io.k8s.api.core.v1.PodIP', {
  ip: required(1, string),
});
export interface PodIP extends Static<typeof PodIP> {}

export const PodResourceClaimStatus = object('io.k8s.api.core.v1.PodResourceClaimStatus', {
  name: required(1, string),
  resourceClaimName: pointer(2, string),
});
export interface PodResourceClaimStatus extends Static<typeof PodResourceClaimStatus> {}

export const PodStatus = object('io.k8s.api.core.v1.PodStatus', {
  observedGeneration: pointer(17, int64),
  phase: optional(1, namedString('v1.PodPhase')),
  conditions: optional(
    2,
    list(PodCondition, { listType: 'map', keys: ['type'], mergeKey: 'type', patchStrategy: 'merge' }),
  ),
  message: optional(3, string),
  reason: optional(4, string),
  nominatedNodeName: optional(11, string),
  hostIP: optional(5, string),
  hostIPs: optional(16, list(HostIP, { mergeKey: 'ip', patchStrategy: 'merge' })),
  podIP: optional(6, string),
  podIPs: optional(12, list(PodIP, { listType: 'map', keys: ['ip'], mergeKey: 'ip', patchStrategy: 'merge' })),
  startTime: pointer(7, time),
  initContainerStatuses: optional(10, list(ContainerStatus)),
  containerStatuses: optional(8, list(ContainerStatus)),
  qosClass: optional(9, namedString('v1.PodQOSClass')),
  ephemeralContainerStatuses: optional(13, list(ContainerStatus)),
  resize: optional(14, namedString('v1.PodResizeStatus')),
  resourceClaimStatuses: optional(
    15,
    list(PodResourceClaimStatus, {
      listType: 'map',
      keys: ['name'],
      mergeKey: 'name',
      patchStrategy: 'merge,retainKeys',
    }),
  ),
  extendedResourceClaimStatus: pointer(18, PodExtendedResourceClaimStatus),
  allocatedResources: optional(19, map(quantity)),
  resources: pointer(20, ResourceRequirements),
  nodeAllocatableResourceClaimStatuses: optional(21, list(NodeAllocatableResourceClaimStatus)),
});
export interface PodStatus extends Static<typeof PodStatus> {}

export const Pod = namespaced('v1', 'io.k8s.api.core.v1.Pod', {
  spec: always(2, PodSpec),
  status: always(3, PodStatus),
});
export interface Pod extends Static<typeof Pod> {}

export const PodAttachOptions = object('io.k8s.api.core.v1.PodAttachOptions', {
  stdin: optional(1, boolean),
  stdout: optional(2, boolean),
  stderr: optional(3, boolean),
  tty: optional(4, boolean),
  container: optional(5, string),
});
export interface PodAttachOptions extends Static<typeof PodAttachOptions> {}

export const PodExecOptions = object('io.k8s.api.core.v1.PodExecOptions', {
  stdin: optional(1, boolean),
  stdout: optional(2, boolean),
  stderr: optional(3, boolean),
  tty: optional(4, boolean),
  container: optional(5, string),
  command: always(6, list(string)),
});
export interface PodExecOptions extends Static<typeof PodExecOptions> {}

export const PodLogOptions = object('io.k8s.api.core.v1.PodLogOptions', {
  container: optional(1, string),
  follow: optional(2, boolean),
  previous: optional(3, boolean),
  sinceSeconds: pointer(4, int64),
  sinceTime: pointer(5, time),
  timestamps: optional(6, boolean),
  tailLines: pointer(7, int64),
  limitBytes: pointer(8, int64),
  insecureSkipTLSVerifyBackend: optional(9, boolean),
  stream: pointer(10, string),
});
export interface PodLogOptions extends Static<typeof PodLogOptions> {}

export const PodPortForwardOptions = object('io.k8s.api.core.v1.PodPortForwardOptions', {
  ports: optional(1, list(int32)),
});
export interface PodPortForwardOptions extends Static<typeof PodPortForwardOptions> {}

export const PodSignature = object('io.k8s.api.core.v1.PodSignature', {
  podController: pointer(1, OwnerReference),
});
export interface PodSignature extends Static<typeof PodSignature> {}

export const PodTemplateSpec = object('io.k8s.api.core.v1.PodTemplateSpec', {
  metadata: always(1, ObjectMeta),
  spec: always(2, PodSpec),
});
export interface PodTemplateSpec extends Static<typeof PodTemplateSpec> {}

export const PodTemplate = namespaced('v1', 'io.k8s.api.core.v1.PodTemplate', {
  template: always(2, PodTemplateSpec),
});
export interface PodTemplate extends Static<typeof PodTemplate> {}

export const PreferAvoidPodsEntry = object('io.k8s.api.core.v1.PreferAvoidPodsEntry', {
  podSignature: always(1, PodSignature),
  evictionTime: optional(2, time, { nullable: true }),
  reason: optional(3, string),
  message: optional(4, string),
});
export interface PreferAvoidPodsEntry extends Static<typeof PreferAvoidPodsEntry> {}

export const ReplicationControllerSpec = object('io.k8s.api.core.v1.ReplicationControllerSpec', {
  replicas: pointer(1, int32, { default: 1 }),
  minReadySeconds: optional(4, int32, { zeroDefault: true }),
  selector: optional(2, map(string, { atomic: true })),
  template: pointer(3, PodTemplateSpec),
});
export interface ReplicationControllerSpec extends Static<typeof ReplicationControllerSpec> {}

export const ReplicationControllerCondition = object('io.k8s.api.core.v1.ReplicationControllerCondition', {
  type: required(1, namedString('v1.ReplicationControllerConditionType')),
  status: required(2, namedString('v1.ConditionStatus')),
  lastTransitionTime: optional(3, time, { nullable: true }),
  reason: optional(4, string),
  message: optional(5, string),
});
export interface ReplicationControllerCondition extends Static<typeof ReplicationControllerCondition> {}

export const ReplicationControllerStatus = object('io.k8s.api.core.v1.ReplicationControllerStatus', {
  replicas: required(1, int32),
  fullyLabeledReplicas: optional(2, int32),
  readyReplicas: optional(4, int32),
  availableReplicas: optional(5, int32),
  observedGeneration: optional(3, int64),
  conditions: optional(
    6,
    list(ReplicationControllerCondition, { listType: 'map', keys: ['type'], mergeKey: 'type', patchStrategy: 'merge' }),
  ),
});
export interface ReplicationControllerStatus extends Static<typeof ReplicationControllerStatus> {}

export const ReplicationController = namespaced('v1', 'io.k8s.api.core.v1.ReplicationController', {
  spec: always(2, ReplicationControllerSpec),
  status: always(3, ReplicationControllerStatus),
});
export interface ReplicationController extends Static<typeof ReplicationController> {}

export const ScopedResourceSelectorRequirement = object('io.k8s.api.core.v1.ScopedResourceSelectorRequirement', {
  scopeName: required(1, namedString('v1.ResourceQuotaScope')),
  operator: required(2, namedString('v1.ScopeSelectorOperator')),
  values: optional(3, list(string)),
});
export interface ScopedResourceSelectorRequirement extends Static<typeof ScopedResourceSelectorRequirement> {}

export const ScopeSelector = object(
  'io.k8s.api.core.v1.ScopeSelector',
  {
    matchExpressions: optional(1, list(ScopedResourceSelectorRequirement)),
  },
  { atomic: true },
);
export interface ScopeSelector extends Static<typeof ScopeSelector> {}

export const ResourceQuotaSpec = object('io.k8s.api.core.v1.ResourceQuotaSpec', {
  hard: optional(1, map(quantity)),
  scopes: optional(2, list(namedString('v1.ResourceQuotaScope'))),
  scopeSelector: pointer(3, ScopeSelector),
});
export interface ResourceQuotaSpec extends Static<typeof ResourceQuotaSpec> {}

export const ResourceQuotaStatus = object('io.k8s.api.core.v1.ResourceQuotaStatus', {
  hard: optional(1, map(quantity)),
  used: optional(2, map(quantity)),
});
export interface ResourceQuotaStatus extends Static<typeof ResourceQuotaStatus> {}

export const ResourceQuota = namespaced('v1', 'io.k8s.api.core.v1.ResourceQuota', {
  spec: always(2, ResourceQuotaSpec),
  status: always(3, ResourceQuotaStatus),
});
export interface ResourceQuota extends Static<typeof ResourceQuota> {}

export const Secret = namespaced('v1', 'io.k8s.api.core.v1.Secret', {
  immutable: pointer(5, boolean),
  data: optional(2, map(bytes)),
  stringData: optional(4, map(string)),
  type: optional(3, namedString('v1.SecretType')),
});
export interface Secret extends Static<typeof Secret> {}

export const ServicePort = object('io.k8s.api.core.v1.ServicePort', {
  name: optional(1, string),
  protocol: optional(2, namedString('v1.Protocol'), { default: 'TCP' }),
  appProtocol: pointer(6, string),
  port: required(3, int32),
  targetPort: always(4, intOrString),
  nodePort: optional(5, int32),
});
export interface ServicePort extends Static<typeof ServicePort> {}

export const SessionAffinityConfig = object('io.k8s.api.core.v1.SessionAffinityConfig', {
  clientIP: pointer(1, ClientIPConfig),
});
export interface SessionAffinityConfig extends Static<typeof SessionAffinityConfig> {}

export const ServiceSpec = object('io.k8s.api.core.v1.ServiceSpec', {
  ports: optional(
    1,
    list(ServicePort, { listType: 'map', keys: ['port', 'protocol'], mergeKey: 'port', patchStrategy: 'merge' }),
  ),
  selector: optional(2, map(string, { atomic: true })),
  clusterIP: optional(3, string),
  clusterIPs: optional(18, list(string)),
  type: optional(4, namedString('v1.ServiceType')),
  externalIPs: optional(5, list(string)),
  sessionAffinity: optional(7, namedString('v1.ServiceAffinity')),
  loadBalancerIP: optional(8, string),
  loadBalancerSourceRanges: optional(9, list(string)),
  externalName: optional(10, string),
  externalTrafficPolicy: optional(11, namedString('v1.ServiceExternalTrafficPolicy')),
  healthCheckNodePort: optional(12, int32),
  publishNotReadyAddresses: optional(13, boolean),
  sessionAffinityConfig: pointer(14, SessionAffinityConfig),
  ipFamilies: optional(19, list(namedString('v1.IPFamily'))),
  ipFamilyPolicy: pointer(17, namedString('v1.IPFamilyPolicy')),
  allocateLoadBalancerNodePorts: pointer(20, boolean),
  loadBalancerClass: pointer(21, string),
  internalTrafficPolicy: pointer(22, namedString('v1.ServiceInternalTrafficPolicy')),
  trafficDistribution: pointer(23, string),
});
export interface ServiceSpec extends Static<typeof ServiceSpec> {}

export const ServiceStatus = object('io.k8s.api.core.v1.ServiceStatus', {
  loadBalancer: always(1, LoadBalancerStatus),
  conditions: optional(
    2,
    list(Condition, { listType: 'map', keys: ['type'], mergeKey: 'type', patchStrategy: 'merge' }),
  ),
});
export interface ServiceStatus extends Static<typeof ServiceStatus> {}

export const Service = namespaced('v1', 'io.k8s.api.core.v1.Service', {
  spec: always(2, ServiceSpec),
  status: always(3, ServiceStatus),
});
export interface Service extends Static<typeof Service> {}

export const ServiceAccount = namespaced('v1', 'io.k8s.api.core.v1.ServiceAccount', {
  secrets: optional(
    2,
    list(ObjectReference, { listType: 'map', keys: ['name'], mergeKey: 'name', patchStrategy: 'merge' }),
  ),
  imagePullSecrets: optional(3, list(LocalObjectReference)),
  automountServiceAccountToken: pointer(4, boolean),
});
export interface ServiceAccount extends Static<typeof ServiceAccount> {}

export const TopologySelectorLabelRequirement = object('io.k8s.api.core.v1.TopologySelectorLabelRequirement', {
  key: required(1, string),
  values: required(2, list(string)),
});
export interface TopologySelectorLabelRequirement extends Static<typeof TopologySelectorLabelRequirement> {}

export const TopologySelectorTerm = object(
  'io.k8s.api.core.v1.TopologySelectorTerm',
  {
    matchLabelExpressions: optional(1, list(TopologySelectorLabelRequirement)),
  },
  { atomic: true },
);
export interface TopologySelectorTerm extends Static<typeof TopologySelectorTerm> {}

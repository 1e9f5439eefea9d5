/**
 * The configuration file of the scheduler, kubescheduler.config.k8s.io/v1, declared like any API type:
 * https://kubernetes.io/docs/reference/config-api/kube-scheduler-config.v1/
 *
 * `pluginModules` is Slipway's own: TypeScript modules with plugins of the user (docs/scheduler.md).
 */
import { NodeAffinity, TopologySpreadConstraint } from '../../api/groups/core.v1.ts';
import { message } from '../../api/message.ts';
import {
  always,
  boolean,
  bytes,
  int32,
  int64,
  list,
  object,
  optional,
  pointer,
  rawObject,
  string,
  type Static,
} from '../../api/schema.ts';

export const configGroupVersion = 'kubescheduler.config.k8s.io/v1';
const prefix = 'io.k8s.kube-scheduler.config.v1.';

const EnabledPlugin = object(`${prefix}Plugin`, {
  name: always(1, string),
  weight: pointer(2, int32),
});
export interface EnabledPlugin extends Static<typeof EnabledPlugin> {}

const PluginSet = object(`${prefix}PluginSet`, {
  enabled: optional(1, list(EnabledPlugin)),
  disabled: optional(2, list(EnabledPlugin)),
});
export interface PluginSet extends Static<typeof PluginSet> {}

const Plugins = object(`${prefix}Plugins`, {
  preEnqueue: optional(1, PluginSet),
  queueSort: optional(2, PluginSet),
  preFilter: optional(3, PluginSet),
  filter: optional(4, PluginSet),
  postFilter: optional(5, PluginSet),
  preScore: optional(6, PluginSet),
  score: optional(7, PluginSet),
  reserve: optional(8, PluginSet),
  permit: optional(9, PluginSet),
  preBind: optional(10, PluginSet),
  bind: optional(11, PluginSet),
  postBind: optional(12, PluginSet),
  multiPoint: optional(13, PluginSet),
});
export interface Plugins extends Static<typeof Plugins> {}

const PluginConfig = object(`${prefix}PluginConfig`, {
  name: always(1, string),
  args: optional(2, rawObject),
});
export interface PluginConfig extends Static<typeof PluginConfig> {}

const Profile = object(`${prefix}KubeSchedulerProfile`, {
  schedulerName: pointer(1, string),
  percentageOfNodesToScore: pointer(2, int32),
  plugins: pointer(3, Plugins),
  pluginConfig: optional(4, list(PluginConfig)),
});
export interface DeclaredProfile extends Static<typeof Profile> {}

const TlsConfig = object(`${prefix}ExtenderTLSConfig`, {
  insecure: optional(1, boolean),
  serverName: optional(2, string),
  certFile: optional(3, string),
  keyFile: optional(4, string),
  caFile: optional(5, string),
  certData: optional(6, bytes),
  keyData: optional(7, bytes),
  caData: optional(8, bytes),
});
export interface ExtenderTlsConfig extends Static<typeof TlsConfig> {}

const ManagedResource = object(`${prefix}ExtenderManagedResource`, {
  name: always(1, string),
  ignoredByScheduler: optional(2, boolean),
});

const Extender = object(`${prefix}Extender`, {
  urlPrefix: always(1, string),
  filterVerb: optional(2, string),
  preemptVerb: optional(3, string),
  prioritizeVerb: optional(4, string),
  weight: optional(5, int64),
  bindVerb: optional(6, string),
  enableHTTPS: optional(7, boolean),
  tlsConfig: pointer(8, TlsConfig),
  httpTimeout: optional(9, string),
  nodeCacheCapable: optional(10, boolean),
  managedResources: optional(11, list(ManagedResource)),
  ignorable: optional(12, boolean),
});
export interface DeclaredExtender extends Static<typeof Extender> {}

const LeaderElection = object(`${prefix}LeaderElectionConfiguration`, {
  leaderElect: pointer(1, boolean),
  leaseDuration: optional(2, string),
  renewDeadline: optional(3, string),
  retryPeriod: optional(4, string),
  resourceLock: optional(5, string),
  resourceName: optional(6, string),
  resourceNamespace: optional(7, string),
});

const ClientConnection = object(`${prefix}ClientConnectionConfiguration`, {
  kubeconfig: optional(1, string),
  acceptContentTypes: optional(2, string),
  contentType: optional(3, string),
  qps: optional(4, int32),
  burst: optional(5, int32),
});

export const KubeSchedulerConfiguration = message(configGroupVersion, `${prefix}KubeSchedulerConfiguration`, {
  parallelism: pointer(1, int32, { default: 16 }),
  leaderElection: optional(2, LeaderElection),
  clientConnection: optional(3, ClientConnection),
  enableProfiling: pointer(4, boolean),
  enableContentionProfiling: pointer(5, boolean),
  percentageOfNodesToScore: pointer(6, int32),
  podInitialBackoffSeconds: pointer(7, int64, { default: 1 }),
  podMaxBackoffSeconds: pointer(8, int64, { default: 10 }),
  profiles: optional(9, list(Profile)),
  extenders: optional(10, list(Extender)),
  delayCacheUntilActive: optional(11, boolean),
  pluginModules: optional(12, list(string)),
});
export interface KubeSchedulerConfiguration extends Static<typeof KubeSchedulerConfiguration> {}

const WeightedResource = object(`${prefix}ResourceSpec`, {
  name: always(1, string),
  weight: optional(2, int64, { default: 1 }),
});

const ShapePoint = object(`${prefix}UtilizationShapePoint`, {
  utilization: always(1, int32),
  score: always(2, int32),
});

const RatioParameters = object(`${prefix}RequestedToCapacityRatioParam`, {
  shape: optional(1, list(ShapePoint)),
});

const Strategy = object(`${prefix}ScoringStrategy`, {
  type: optional(1, string),
  resources: optional(2, list(WeightedResource)),
  requestedToCapacityRatio: pointer(3, RatioParameters),
});

export const NodeResourcesFitArgs = message(configGroupVersion, `${prefix}NodeResourcesFitArgs`, {
  ignoredResources: optional(1, list(string)),
  ignoredResourceGroups: optional(2, list(string)),
  scoringStrategy: pointer(3, Strategy),
});
export interface NodeResourcesFitArgs extends Static<typeof NodeResourcesFitArgs> {}

export const BalancedAllocationArgs = message(configGroupVersion, `${prefix}NodeResourcesBalancedAllocationArgs`, {
  resources: optional(1, list(WeightedResource)),
});
export interface BalancedAllocationArgs extends Static<typeof BalancedAllocationArgs> {}

export const NodeAffinityArgs = message(configGroupVersion, `${prefix}NodeAffinityArgs`, {
  addedAffinity: pointer(1, NodeAffinity),
});
export interface NodeAffinityArgs extends Static<typeof NodeAffinityArgs> {}

export const PodTopologySpreadArgs = message(configGroupVersion, `${prefix}PodTopologySpreadArgs`, {
  defaultConstraints: optional(1, list(TopologySpreadConstraint)),
  defaultingType: optional(2, string),
});
export interface PodTopologySpreadArgs extends Static<typeof PodTopologySpreadArgs> {}

export const InterPodAffinityArgs = message(configGroupVersion, `${prefix}InterPodAffinityArgs`, {
  hardPodAffinityWeight: pointer(1, int32),
  ignorePreferredTermsOfExistingPods: optional(2, boolean),
});
export interface InterPodAffinityArgs extends Static<typeof InterPodAffinityArgs> {}

export const DefaultPreemptionArgs = message(configGroupVersion, `${prefix}DefaultPreemptionArgs`, {
  minCandidateNodesPercentage: pointer(1, int32),
  minCandidateNodesAbsolute: pointer(2, int32),
});
export interface DefaultPreemptionArgs extends Static<typeof DefaultPreemptionArgs> {}

export const VolumeBindingArgs = message(configGroupVersion, `${prefix}VolumeBindingArgs`, {
  bindTimeoutSeconds: pointer(1, int64),
  shape: optional(2, list(ShapePoint)),
});
export interface VolumeBindingArgs extends Static<typeof VolumeBindingArgs> {}

export const DynamicResourcesArgs = message(configGroupVersion, `${prefix}DynamicResourcesArgs`, {
  filterTimeout: optional(1, string),
  bindingTimeout: optional(2, string),
});
export interface DynamicResourcesArgs extends Static<typeof DynamicResourcesArgs> {}

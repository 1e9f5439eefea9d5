/** The plugins that come with the scheduler, by name: how their arguments are read and what is made of them. */
import { parseDuration } from '../../api/duration.ts';
import type { FieldError } from '../../api/field-error.ts';
import type { KindType } from '../../api/message.ts';
import type { JsonObject } from '../../api/schema.ts';
import * as declared from '../config/declarations.ts';
import * as check from '../config/plugin-args.ts';
import type { ExtensionPoint } from '../config/plugin-sets.ts';
import type { Plugin } from '../framework.ts';
import { cpuAndMemory, type ScoringStrategy, type WeightedResource } from '../resource-scoring.ts';
import { balancedAllocation, balancedAllocationWith } from './balanced-allocation/plugin.ts';
import { defaultBinder } from './default-binder/plugin.ts';
import { defaultPreemptionWith } from './default-preemption/plugin.ts';
import { dynamicResourcesWith } from './dynamic-resources/plugin.ts';
import { imageLocality } from './image-locality/plugin.ts';
import { interPodAffinityWith } from './inter-pod-affinity/plugin.ts';
import { nodeAffinityWith } from './node-affinity/plugin.ts';
import { nodeDeclaredFeatures } from './node-declared-features/plugin.ts';
import { nodeName } from './node-name/plugin.ts';
import { nodePorts } from './node-ports/plugin.ts';
import { nodeResourcesFitWith } from './node-resources-fit/plugin.ts';
import { nodeUnschedulable } from './node-unschedulable/plugin.ts';
import { nodeVolumeLimits } from './node-volume-limits/plugin.ts';
import { podTopologySpreadWith } from './pod-topology-spread/plugin.ts';
import { schedulingGates } from './scheduling-gates/plugin.ts';
import { taintToleration } from './taint-toleration/plugin.ts';
import { volumeBindingWith } from './volume-binding/plugin.ts';
import { volumeRestrictions } from './volume-restrictions/plugin.ts';
import { volumeZone } from './volume-zone/plugin.ts';

export type MadePlugin =
  | { readonly ok: true; readonly plugin: Plugin }
  | { readonly ok: false; readonly errors: readonly FieldError[] };

export interface BuiltInPlugin {
  /** Of its arguments; a plugin without has none. */
  readonly kind?: KindType<object, unknown> | undefined;
  /** The points at which Kubernetes' own plugin works: where a configuration may name it. */
  readonly points: readonly ExtensionPoint[];
  /** `field`: where the arguments stand in the file. */
  make(args: JsonObject | undefined, field: string): MadePlugin;
}

/** Orders the queue; there is no other order, so that it has no extension point here. */
const prioritySort: Plugin = { name: 'PrioritySort', helpedBy: [] };

const filtering = ['preFilter', 'filter'] as const;
const scoring = ['preScore', 'score'] as const;
const extensionPoints: Readonly<Record<string, readonly ExtensionPoint[]>> = {
  SchedulingGates: ['preEnqueue'],
  PrioritySort: ['queueSort'],
  NodeUnschedulable: ['filter'],
  NodeName: ['filter'],
  TaintToleration: ['filter', ...scoring],
  NodeAffinity: [...filtering, ...scoring],
  NodePorts: filtering,
  NodeResourcesFit: [...filtering, ...scoring],
  VolumeRestrictions: filtering,
  NodeVolumeLimits: filtering,
  VolumeBinding: [...filtering, ...scoring, 'reserve', 'preBind'],
  VolumeZone: filtering,
  PodTopologySpread: [...filtering, ...scoring],
  InterPodAffinity: [...filtering, ...scoring],
  DynamicResources: ['preEnqueue', ...filtering, 'postFilter', 'score', 'reserve', 'preBind'],
  DefaultPreemption: ['preEnqueue', 'postFilter'],
  NodeResourcesBalancedAllocation: scoring,
  ImageLocality: ['score'],
  DefaultBinder: ['bind'],
  NodeDeclaredFeatures: filtering,
};

/** In the order in which the default profile has them. */
export const builtInPlugins: ReadonlyMap<string, BuiltInPlugin> = new Map([
  ...plain(schedulingGates, prioritySort, nodeUnschedulable, nodeName, taintToleration),
  configured('NodeAffinity', declared.NodeAffinityArgs, check.nodeAffinityErrors, nodeAffinityWith),
  ...plain(nodePorts),
  configured('NodeResourcesFit', declared.NodeResourcesFitArgs, check.fitErrors, (args) =>
    nodeResourcesFitWith({ ...args, scoringStrategy: strategyOf(args) }),
  ),
  ...plain(volumeRestrictions, nodeVolumeLimits),
  configured('VolumeBinding', declared.VolumeBindingArgs, check.volumeBindingErrors, volumeBindingWith),
  ...plain(volumeZone),
  configured('PodTopologySpread', declared.PodTopologySpreadArgs, check.spreadErrors, (args) =>
    podTopologySpreadWith(args.defaultingType === 'List' ? { defaultConstraints: args.defaultConstraints ?? [] } : {}),
  ),
  configured('InterPodAffinity', declared.InterPodAffinityArgs, check.podAffinityErrors, interPodAffinityWith),
  configured('DynamicResources', declared.DynamicResourcesArgs, check.dynamicResourcesErrors, (args) =>
    dynamicResourcesWith({
      filterTimeoutMs: args.filterTimeout === undefined ? undefined : parseDuration(args.filterTimeout),
      bindingTimeoutMs: args.bindingTimeout === undefined ? undefined : parseDuration(args.bindingTimeout),
    }),
  ),
  configured('DefaultPreemption', declared.DefaultPreemptionArgs, check.preemptionErrors, defaultPreemptionWith),
  configured(balancedAllocation.name, declared.BalancedAllocationArgs, check.balancedErrors, ({ resources }) =>
    balancedAllocationWith({ resources: resources === undefined ? undefined : weighted(resources) }),
  ),
  ...plain(imageLocality, defaultBinder, nodeDeclaredFeatures),
]);

function plain(...plugins: readonly Plugin[]): readonly (readonly [string, BuiltInPlugin])[] {
  return plugins.map((plugin) => {
    const points = extensionPoints[plugin.name] ?? [];
    return [plugin.name, { points, make: () => ({ ok: true, plugin }) }] as const;
  });
}

function configured<T extends object>(
  name: string,
  kind: KindType<T, unknown>,
  errorsOf: (args: T, field: string) => readonly FieldError[],
  make: (args: T) => Plugin,
): readonly [string, BuiltInPlugin] {
  const points = extensionPoints[name] ?? [];
  return [
    name,
    {
      kind,
      points,
      make(raw, field) {
        const args = check.readArgs(kind, raw);
        const errors = errorsOf(args, field);
        return errors.length > 0 ? { ok: false, errors } : { ok: true, plugin: make(args) };
      },
    },
  ];
}

function strategyOf({ scoringStrategy }: declared.NodeResourcesFitArgs): ScoringStrategy | undefined {
  if (scoringStrategy === undefined) return undefined;
  const resources = scoringStrategy.resources === undefined ? cpuAndMemory : weighted(scoringStrategy.resources);
  switch (scoringStrategy.type) {
    case 'MostAllocated':
      return { type: 'MostAllocated', resources };
    case 'RequestedToCapacityRatio':
      return {
        type: 'RequestedToCapacityRatio',
        resources,
        shape: scoringStrategy.requestedToCapacityRatio?.shape ?? [],
      };
    default:
      return { type: 'LeastAllocated', resources };
  }
}

function weighted(
  resources: readonly { readonly name: string; readonly weight?: number | undefined }[],
): readonly WeightedResource[] {
  return resources.map(({ name, weight = 1 }) => ({ name, weight }));
}

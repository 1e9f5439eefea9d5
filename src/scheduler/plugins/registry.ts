/** The plugins that come with the scheduler, by name: how their arguments are read and what is made of them. */
import { parseDuration } from '../../api/duration.ts';
import type { FieldError } from '../../api/field-error.ts';
import type { KindType } from '../../api/message.ts';
import type { JsonObject } from '../../api/schema.ts';
import * as declared from '../config/declarations.ts';
import * as check from '../config/plugin-args.ts';
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

/** `field`: where the arguments stand in the file. */
type Make = (args: JsonObject | undefined, field: string) => MadePlugin;

/** Orders the queue; there is no other order, so that it has no extension point here. */
const prioritySort: Plugin = { name: 'PrioritySort', helpedBy: [] };

/** In the order in which the default profile has them. */
export const builtInPlugins: ReadonlyMap<string, Make> = new Map([
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

function plain(...plugins: readonly Plugin[]): readonly (readonly [string, Make])[] {
  return plugins.map((plugin) => [plugin.name, () => ({ ok: true, plugin })] as const);
}

function configured<T>(
  name: string,
  kind: KindType<T, unknown>,
  errorsOf: (args: T, field: string) => readonly FieldError[],
  make: (args: T) => Plugin,
): readonly [string, Make] {
  return [
    name,
    (raw, field) => {
      const read = check.readArgs(kind, raw, field, errorsOf);
      return read.ok ? { ok: true, plugin: make(read.args) } : read;
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

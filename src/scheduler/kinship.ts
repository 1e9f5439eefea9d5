/**
 * Which pods belong with a pod that says nothing about spreading: those that its Services choose and that its controller
 * selects. Their selectors together make the pod's default selector.
 */
import type { Service } from '../api/groups/core.v1.ts';
import {
  formatLabelSelector,
  labelSelectorRequirements,
  matchesLabels,
  type LabelRequirements,
} from '../api/label-selector.ts';
import { ReplicaSets, ReplicationControllers, Services, StatefulSets } from '../api/resources.ts';
import type { Informers } from '../client/informer.ts';
import type { PodKind } from './pod-counts.ts';
import type { PodInfo } from './pod-info.ts';
import { controllerTag, selectorTags } from './pod-tags.ts';

/** The pods that belong with a pod and are not going away; undefined: there are none. */
export type Kinship = (pod: PodInfo) => PodKind | undefined;

/** Pods that one controller made, where nothing more is known about it than its uid. */
export const kinByController: Kinship = ({ controller }) =>
  controller === ''
    ? undefined
    : {
        key: `controller ${controller}`,
        matches: (other) => other.controller === controller && !other.terminating,
        tags: [controllerTag(controller)],
      };

/** The kinds that `kinBySelectors` reads. */
export const kinshipResources = [Services, ReplicationControllers, ReplicaSets, StatefulSets] as const;

interface CompiledService {
  readonly requirements: LabelRequirements;
  readonly selector: Readonly<Record<string, string>>;
}

export function kinBySelectors(informers: Informers): Kinship {
  const services = informers.of(Services);
  const compiled = new Map<string, readonly CompiledService[]>();
  services.onChange(({ object }) => void compiled.delete(object.metadata.namespace));
  const servicesOf = (namespace: string): readonly CompiledService[] => {
    const known = compiled.get(namespace) ?? services.list(namespace).flatMap(compileService);
    compiled.set(namespace, known);
    return known;
  };
  const ownerSelector = selectorsOfOwners(informers);
  return (pod) => {
    const merged: Record<string, string> = {};
    for (const { requirements, selector } of servicesOf(pod.namespace)) {
      if (matchesLabels(requirements, pod.labels)) Object.assign(merged, selector);
    }
    const all = [...(labelSelectorRequirements({ matchLabels: merged }) ?? []), ...ownerSelector(pod)];
    if (all.length === 0) return undefined;
    const { namespace } = pod;
    return {
      key: `kin ${namespace} ${formatLabelSelector(all)}`,
      matches: (other) => other.namespace === namespace && !other.terminating && matchesLabels(all, other.labels),
      tags: selectorTags(all, [namespace]),
    };
  };
}

function selectorsOfOwners(informers: Informers): (pod: PodInfo) => LabelRequirements {
  const controllers = informers.of(ReplicationControllers);
  const replicaSets = informers.of(ReplicaSets);
  const statefulSets = informers.of(StatefulSets);
  return ({ pod, namespace }) => {
    const owner = pod.metadata.ownerReferences?.find(({ controller }) => controller === true);
    switch (owner?.kind) {
      case 'ReplicationController': {
        const matchLabels = controllers.get(namespace, owner.name)?.spec.selector ?? {};
        return labelSelectorRequirements({ matchLabels }) ?? [];
      }
      case 'ReplicaSet':
        return labelSelectorRequirements(replicaSets.get(namespace, owner.name)?.spec.selector) ?? [];
      case 'StatefulSet':
        return labelSelectorRequirements(statefulSets.get(namespace, owner.name)?.spec.selector) ?? [];
      default:
        return [];
    }
  };
}

/** A Service without a selector chooses no pods. */
function compileService({ spec }: Service): readonly CompiledService[] {
  const selector = spec.selector ?? {};
  const requirements = labelSelectorRequirements({ matchLabels: selector }) ?? [];
  return requirements.length === 0 ? [] : [{ requirements, selector }];
}

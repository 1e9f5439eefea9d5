/** One term of pod affinity or anti-affinity: which other pods it means, and within which topology. */
import type { PodAffinityTerm } from '../../../api/groups/core.v1.ts';
import { labelSelectorRequirements, matchesLabels, type LabelExpression } from '../../../api/label-selector.ts';
import type { NodeTable } from '../../node-table.ts';
import type { PodInfo } from '../../pod-info.ts';

export interface Term {
  /** Equal for terms that mean the same pods within the same topology. */
  readonly key: string;
  readonly topologyKey: string;
  readonly matches: (pod: PodInfo) => boolean;
}

/** `owner`: the pod whose term it is. */
export function compileTerm(term: PodAffinityTerm, owner: PodInfo, table: NodeTable): Term {
  const { namespaces = [], namespaceSelector, topologyKey } = term;
  const own = namespaces.length === 0 && namespaceSelector === undefined ? [owner.namespace] : namespaces;
  const expressions = [
    ...revisions(term.matchLabelKeys, 'In', owner),
    ...revisions(term.mismatchLabelKeys, 'NotIn', owner),
  ];
  const selector =
    term.labelSelector === undefined || expressions.length === 0
      ? term.labelSelector
      : { ...term.labelSelector, matchExpressions: [...(term.labelSelector.matchExpressions ?? []), ...expressions] };
  const pods = labelSelectorRequirements(selector);
  const spaces = labelSelectorRequirements(namespaceSelector);
  const inNamespace = (namespace: string): boolean =>
    own.includes(namespace) || (spaces !== undefined && matchesLabels(spaces, table.namespaceLabels(namespace)));
  return {
    key: JSON.stringify([topologyKey, own, namespaceSelector, selector]),
    topologyKey,
    matches: (pod) => pods !== undefined && inNamespace(pod.namespace) && matchesLabels(pods, pod.labels),
  };
}

function revisions(keys: readonly string[] = [], operator: string, { labels }: PodInfo): readonly LabelExpression[] {
  return keys.flatMap((key) => {
    const value = labels[key];
    return value === undefined ? [] : [{ key, operator, values: [value] }];
  });
}

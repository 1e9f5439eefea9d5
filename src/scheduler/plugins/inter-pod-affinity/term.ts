/** One term of pod affinity or anti-affinity: which other pods it means, and within which topology. */
import type { PodAffinityTerm } from '../../../api/groups/core.v1.ts';
import { labelSelectorRequirements, matchesLabels, type LabelExpression } from '../../../api/label-selector.ts';
import type { NodeTable } from '../../node-table.ts';
import type { PodKind } from '../../pod-counts.ts';
import type { PodInfo } from '../../pod-info.ts';
import { selectorTags } from '../../pod-tags.ts';

export interface Term extends PodKind {
  readonly topologyKey: string;
}

/** A wish: how gladly it is near (below 0: how much rather not). */
export interface Wish extends Term {
  readonly weight: number;
}

/** All that a pod asks for about other pods. */
export interface Terms {
  readonly near: readonly Term[];
  readonly apart: readonly Term[];
  readonly wishes: readonly Wish[];
}

export const noTerms: Terms = { near: [], apart: [], wishes: [] };

const compiled = new WeakMap<PodInfo, Terms>();

export function termsOf(pod: PodInfo, table: NodeTable): Terms {
  const { podAffinity, podAntiAffinity } = pod.pod.spec.affinity ?? {};
  if (podAffinity === undefined && podAntiAffinity === undefined) return noTerms;
  const known = compiled.get(pod);
  if (known !== undefined) return known;
  const compile = (term: PodAffinityTerm): Term => compileTerm(term, pod, table);
  const terms: Terms = {
    near: (podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).map(compile),
    apart: (podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).map(compile),
    wishes: [
      ...(podAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ podAffinityTerm, weight }) => ({
        ...compile(podAffinityTerm),
        weight,
      })),
      ...(podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(
        ({ podAffinityTerm, weight }) => ({ ...compile(podAffinityTerm), weight: -weight }),
      ),
    ],
  };
  compiled.set(pod, terms);
  return terms;
}

/** As far as they were compiled before: undefined when they were not. */
export function knownTermsOf(pod: PodInfo): Terms | undefined {
  const { podAffinity, podAntiAffinity } = pod.pod.spec.affinity ?? {};
  return podAffinity === undefined && podAntiAffinity === undefined ? noTerms : compiled.get(pod);
}

/** `owner`: the pod whose term it is. */
function compileTerm(term: PodAffinityTerm, owner: PodInfo, table: NodeTable): Term {
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
    key: `near ${JSON.stringify([own, namespaceSelector, selector])}`,
    topologyKey,
    matches: (pod) => pods !== undefined && inNamespace(pod.namespace) && matchesLabels(pods, pod.labels),
    tags: pods === undefined ? [] : selectorTags(pods, spaces === undefined ? own : undefined),
  };
}

function revisions(keys: readonly string[] = [], operator: string, { labels }: PodInfo): readonly LabelExpression[] {
  return keys.flatMap((key) => {
    const value = labels[key];
    return value === undefined ? [] : [{ key, operator, values: [value] }];
  });
}

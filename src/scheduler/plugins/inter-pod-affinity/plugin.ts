/** Pods that want to be near other pods, or away from them; what pods already placed ask for counts as well. */
import { sumByDomain, type DomainSums } from '../../domains.ts';
import { maxScore, type Plugin, type Refusal } from '../../framework.ts';
import type { NodeTable } from '../../node-table.ts';
import type { PodInfo } from '../../pod-info.ts';
import { carriedTerms, type CarriedTerm } from './carried-terms.ts';
import { compileTerm, type Term } from './term.ts';

const apart: Refusal = { reasons: ["node(s) didn't match pod affinity rules"], preemptible: false };
const near: Refusal = { reasons: ["node(s) didn't match pod anti-affinity rules"], preemptible: true };
const unwelcome: Refusal = {
  reasons: ["node(s) didn't satisfy existing pods anti-affinity rules"],
  preemptible: true,
};

export interface InterPodAffinityArgs {
  /** A required affinity of a pod counts as a wish of this weight for those that come later; 1 unless given. */
  readonly hardPodAffinityWeight?: number | undefined;
  /** Pods without wishes of their own are not placed by those of others. */
  readonly ignorePreferredTermsOfExistingPods?: boolean | undefined;
}

export function interPodAffinityWith(args: InterPodAffinityArgs): Plugin {
  const { hardPodAffinityWeight = 1, ignorePreferredTermsOfExistingPods = false } = args;
  return {
    name: 'InterPodAffinity',
    weight: 2,
    helpedBy: [
      'node added',
      'node labels changed',
      'pod assigned',
      'assigned pod changed',
      'assigned pod deleted',
      'pod changed',
    ],
    preFilter(pod, table) {
      const { podAffinity, podAntiAffinity } = pod.pod.spec.affinity ?? {};
      const wanted = compileAll(podAffinity?.requiredDuringSchedulingIgnoredDuringExecution, pod, table);
      const unwanted = compileAll(podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution, pod, table);
      const forbidding = [...carriedTerms(table)].filter((term) => term.demand === 'forbids' && term.matches(pod));
      if (wanted.length + unwanted.length + forbidding.length === 0) return { type: 'skip' };
      const together = friends(wanted, pod, table);
      const enemies = unwanted.map((term) => sumByDomain(table, term.topologyKey, countOf(term, table)));
      const closed = forbidding.map((term) => sumByDomain(table, term.topologyKey, carriersOf(term, table)));
      return {
        type: 'filter',
        filter(row) {
          if (!together(row)) return apart;
          if (enemies.some((sums) => sums.of(row) > 0)) return near;
          return closed.some((sums) => sums.of(row) > 0) ? unwelcome : undefined;
        },
      };
    },
    preScore(pod, table) {
      const own = ownWishes(pod, table);
      if (own.length === 0 && ignorePreferredTermsOfExistingPods) return undefined;
      const wishes = [...own, ...othersWishes(pod, table, hardPodAffinityWeight)];
      if (wishes.length === 0) return undefined;
      return {
        score: (row) => wishes.reduce((sum, { sums, weight }) => sum + weight * sums.of(row), 0),
        normalize: spreadOut,
      };
    },
  };
}

export const interPodAffinity = interPodAffinityWith({});

interface Wish {
  readonly sums: DomainSums;
  readonly weight: number;
}

function compileAll(
  terms: readonly Parameters<typeof compileTerm>[0][] | undefined,
  pod: PodInfo,
  table: NodeTable,
): readonly Term[] {
  return (terms ?? []).map((term) => compileTerm(term, pod, table));
}

/**
 * Near pods that match all terms. The first of a group that wants its own like finds none, and may go anywhere that has
 * the labels.
 */
function friends(terms: readonly Term[], pod: PodInfo, table: NodeTable): (row: number) => boolean {
  if (terms.length === 0) return () => true;
  const all = (other: PodInfo): boolean => terms.every((term) => term.matches(other));
  const counts = table.counts.of(`near ${terms.map((term) => term.key).join()}`, all);
  const sums = terms.map((term) => sumByDomain(table, term.topologyKey, counts));
  const first = sums.every((sum) => sum.total === 0) && all(pod);
  return (row) => sums.every((sum) => sum.has(row) && (first || sum.of(row) > 0));
}

function ownWishes(pod: PodInfo, table: NodeTable): readonly Wish[] {
  const { podAffinity, podAntiAffinity } = pod.pod.spec.affinity ?? {};
  const near = podAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  const away = podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  const all = [...near, ...away.map(({ weight, podAffinityTerm }) => ({ weight: -weight, podAffinityTerm }))];
  return all.map(({ weight, podAffinityTerm }) => {
    const term = compileTerm(podAffinityTerm, pod, table);
    return { weight, sums: sumByDomain(table, term.topologyKey, countOf(term, table)) };
  });
}

function othersWishes(pod: PodInfo, table: NodeTable, requiredWeight: number): readonly Wish[] {
  return [...carriedTerms(table)]
    .filter((term) => term.demand !== 'forbids' && term.matches(pod))
    .map((term) => ({
      weight: term.demand === 'requires' ? requiredWeight : term.weight,
      sums: sumByDomain(table, term.topologyKey, carriersOf(term, table)),
    }))
    .filter(({ weight }) => weight !== 0);
}

function countOf(term: Term, table: NodeTable): Int32Array {
  return table.counts.of(`near ${term.key}`, term.matches);
}

function carriersOf({ rows }: CarriedTerm, table: NodeTable): Int32Array {
  const counts = new Int32Array(table.capacity);
  for (const [row, count] of rows) counts[row] = count;
  return counts;
}

/** The worst becomes 0, the best 100. */
function spreadOut(scores: Float64Array): void {
  const lowest = Math.min(...scores);
  const range = Math.max(...scores) - lowest;
  for (const [at, score] of scores.entries()) {
    scores[at] = range === 0 ? 0 : Math.trunc((maxScore * (score - lowest)) / range);
  }
}

/** Pods that want to be near other pods, or away from them; what pods already placed ask for counts as well. */
import { maxScore, type ClusterEvent, type Plugin, type Refusal, type Rows } from '../../framework.ts';
import type { NodeTable } from '../../node-table.ts';
import type { PodKind } from '../../pod-counts.ts';
import type { PodInfo } from '../../pod-info.ts';
import { carriedTerms } from './carried-terms.ts';
import { knownTermsOf, termsOf, type Term } from './term.ts';

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
    helps,
    preFilter(pod, table) {
      const { near: wanted, apart: unwanted } = termsOf(pod, table);
      const closed = carriedTerms(table).forbidding(pod);
      if (wanted.length + unwanted.length + closed.length === 0) return { type: 'skip' };
      const together = friends(wanted, pod, table);
      const enemies = unwanted.map((term) => table.counts.of(term, term.topologyKey));
      return {
        type: 'filter',
        filter(row) {
          if (!together.takes(row)) return apart;
          for (const sums of enemies) if (sums.of(row) > 0) return near;
          for (const { carriers } of closed) if (carriers.of(row) > 0) return unwelcome;
          return undefined;
        },
        sift(rows, count, refuse) {
          let kept = together.sift(rows, count, (row) => refuse(row, apart));
          for (const sums of enemies) kept = sums.siftAtMost(0, rows, kept, (row) => refuse(row, near));
          for (const { carriers } of closed) kept = carriers.siftAtMost(0, rows, kept, (row) => refuse(row, unwelcome));
          return kept;
        },
      };
    },
    preScore(pod, table) {
      const own = termsOf(pod, table).wishes;
      if (own.length === 0 && ignorePreferredTermsOfExistingPods) return undefined;
      const wishes = [
        ...own.map((wish) => ({
          sums: table.counts.of(wish, wish.topologyKey),
          weight: wish.weight,
        })),
        ...carriedTerms(table)
          .wishing(pod)
          .map(({ carriers, demand, weight }) => ({
            sums: carriers,
            weight: demand === 'requires' ? hardPodAffinityWeight : weight,
          })),
      ];
      if (wishes.length === 0) return undefined;
      return {
        score(row) {
          let sum = 0;
          for (const { sums, weight } of wishes) sum += weight * sums.of(row);
          return sum;
        },
        fill(rows, scores) {
          scores.fill(0);
          for (const { sums, weight } of wishes) sums.addTo(scores, rows, weight);
        },
        normalize: spreadOut,
      };
    },
  };
}

export const interPodAffinity = interPodAffinityWith({});

/** The node has what the terms spread over; the pod is, was or shuns what the terms are about. */
function helps(waiting: PodInfo, { node, previousNode, pod, previousPod }: ClusterEvent): boolean {
  const own = knownTermsOf(waiting);
  if (own === undefined) return true;
  if (node !== undefined) {
    const hasLabel = ({ topologyKey }: Term): boolean =>
      [node, previousNode].some((each) => each?.metadata.labels?.[topologyKey] !== undefined);
    // Who shuns others is helped by any node.
    return own.near.length === 0 || own.near.some(hasLabel);
  }
  return [pod, previousPod].some((other) => {
    if (other === undefined) return false;
    const theirs = knownTermsOf(other);
    return (
      theirs === undefined ||
      theirs.apart.some((term) => term.matches(waiting)) ||
      [...own.near, ...own.apart].some((term) => term.matches(other))
    );
  });
}

/**
 * Near pods that match all terms. The first of a group that wants its own like finds none, and may go anywhere that has
 * the labels.
 */
function friends(terms: readonly Term[], pod: PodInfo, table: NodeTable): Friends {
  const [only] = terms;
  if (only === undefined) return everywhere;
  const matches = (other: PodInfo): boolean => terms.every((term) => term.matches(other));
  const all: PodKind =
    terms.length === 1 ? only : { key: terms.map((term) => term.key).join(), matches, tags: only.tags };
  const sums = terms.map((term) => table.counts.of(all, term.topologyKey));
  const self = matches(pod);
  const least = (): number => (self && sums.every((sum) => sum.total === 0) ? 0 : 1);
  return {
    takes(row) {
      const needed = least();
      return sums.every((sum) => sum.has(row) && sum.of(row) >= needed);
    },
    sift(rows, count, refuse) {
      const needed = least();
      return sums.reduce((kept, sum) => sum.siftAtLeast(needed, rows, kept, refuse), count);
    },
  };
}

interface Friends {
  takes(row: number): boolean;
  sift(rows: Rows, count: number, refuse: (row: number) => void): number;
}

const everywhere: Friends = { takes: () => true, sift: (_, count) => count };

/** The worst becomes 0, the best 100. */
function spreadOut(scores: Float64Array): void {
  let lowest = Infinity;
  let highest = -Infinity;
  for (let at = 0; at < scores.length; at++) {
    const score = scores[at] ?? 0;
    if (score < lowest) lowest = score;
    if (score > highest) highest = score;
  }
  const range = highest - lowest;
  for (let at = 0; at < scores.length; at++) {
    scores[at] = range === 0 ? 0 : Math.trunc((maxScore * ((scores[at] ?? 0) - lowest)) / range);
  }
}

/**
 * What the pods on the nodes ask of others: each distinct term once, with the number of its pods on each row. A new pod
 * is compared with the distinct terms, of which there are few, and not with the pods, of which there are many.
 */
import type { NodeTable } from '../../node-table.ts';
import type { PodInfo } from '../../pod-info.ts';
import { compileTerm, type Term } from './term.ts';

export interface CarriedTerm extends Term {
  /** Must not be near, must be near, or how gladly it is near (below 0: how much rather not). */
  readonly demand: 'forbids' | 'requires' | 'wishes';
  readonly weight: number;
  readonly rows: Map<number, number>;
}

const byTable = new WeakMap<NodeTable, Map<string, CarriedTerm>>();

export function carriedTerms(table: NodeTable): Iterable<CarriedTerm> {
  const known = byTable.get(table);
  if (known !== undefined) return known.values();
  const terms = new Map<string, CarriedTerm>();
  byTable.set(table, terms);
  table.observePods((pod, row, delta) => {
    for (const term of termsOf(pod, table)) change(terms, term, row, delta);
  });
  return terms.values();
}

function change(terms: Map<string, CarriedTerm>, term: CarriedTerm, row: number, delta: 1 | -1): void {
  const { rows } = terms.get(term.key) ?? term;
  const count = (rows.get(row) ?? 0) + delta;
  if (count > 0) rows.set(row, count);
  else rows.delete(row);
  if (rows.size === 0) terms.delete(term.key);
  else if (!terms.has(term.key)) terms.set(term.key, term);
}

function termsOf(pod: PodInfo, table: NodeTable): readonly CarriedTerm[] {
  const { podAffinity, podAntiAffinity } = pod.pod.spec.affinity ?? {};
  if (podAffinity === undefined && podAntiAffinity === undefined) return [];
  const carried = (term: Term, demand: CarriedTerm['demand'], weight: number): CarriedTerm => ({
    ...term,
    key: `${demand} ${weight} ${term.key}`,
    demand,
    weight,
    rows: new Map(),
  });
  const compile = (term: Parameters<typeof compileTerm>[0]): Term => compileTerm(term, pod, table);
  return [
    ...(podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).map((term) =>
      carried(compile(term), 'forbids', 0),
    ),
    ...(podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).map((term) =>
      carried(compile(term), 'requires', 0),
    ),
    ...(podAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ podAffinityTerm, weight }) =>
      carried(compile(podAffinityTerm), 'wishes', weight),
    ),
    ...(podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ podAffinityTerm, weight }) =>
      carried(compile(podAffinityTerm), 'wishes', -weight),
    ),
  ];
}

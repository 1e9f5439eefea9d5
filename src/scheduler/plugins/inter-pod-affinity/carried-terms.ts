/**
 * What the pods on the nodes ask of others: each distinct term once, with the number of its pods in each topology domain.
 * A new pod is compared with the distinct terms that may mean it, of which there are few, and not with the pods, of which
 * there are many.
 *
 * A term whose last pod has gone is kept for a while: preemption takes pods off a node and puts them back.
 */
import { DomainSums } from '../../domains.ts';
import type { NodeTable } from '../../node-table.ts';
import type { PodInfo } from '../../pod-info.ts';
import { TagIndex } from '../../pod-tags.ts';
import { noTerms, termsOf, type Term } from './term.ts';

type Demand = 'forbids' | 'requires' | 'wishes';

export interface CarriedTerm extends Term {
  /** Must not be near, must be near, or how gladly it is near (below 0: how much rather not). */
  readonly demand: Demand;
  readonly weight: number;
  /** Pods with the term. */
  readonly carriers: DomainSums;
}

const maxIdle = 1024;

interface Carried {
  readonly key: string;
  readonly term: Term;
  readonly demand: Demand;
  readonly weight: number;
}

const nothing: readonly Carried[] = [];
const ofPod = new WeakMap<PodInfo, readonly Carried[]>();
const byTable = new WeakMap<NodeTable, CarriedTerms>();

export function carriedTerms(table: NodeTable): CarriedTerms {
  let known = byTable.get(table);
  if (known === undefined) {
    known = new CarriedTerms(table);
    byTable.set(table, known);
  }
  return known;
}

class CarriedTerms {
  readonly #table: NodeTable;
  readonly #terms = new Map<string, CarriedTerm>();
  readonly #pods = new Map<string, number>();
  readonly #idle = new Set<string>();
  readonly #forbidding = new TagIndex<CarriedTerm>();
  readonly #wishing = new TagIndex<CarriedTerm>();

  constructor(table: NodeTable) {
    this.#table = table;
    table.observePods((pod, row, delta) => {
      for (const carried of carriedBy(pod, table)) {
        const { carriers } = this.#terms.get(carried.key) ?? this.#add(carried);
        this.#count(carried.key, delta);
        carriers.add(row, delta);
      }
    });
  }

  /** Of pods that must not have this one near. */
  forbidding(pod: PodInfo): readonly CarriedTerm[] {
    return matching(this.#forbidding, pod);
  }

  /** Of pods that would, or would rather not, have this one near. */
  wishing(pod: PodInfo): readonly CarriedTerm[] {
    return matching(this.#wishing, pod);
  }

  #count(key: string, delta: number): void {
    const pods = (this.#pods.get(key) ?? 0) + delta;
    this.#pods.set(key, pods);
    if (pods === 0) this.#idle.add(key);
    else if (pods === delta) this.#idle.delete(key);
  }

  #add({ key, term, demand, weight }: Carried): CarriedTerm {
    this.#dropIdle();
    // The pod that brings the term is counted after this.
    let counting = false;
    const countOn = (row: number): number => (counting ? this.#carriersOn(row, key) : 0);
    const column = this.#table.labelColumn(term.topologyKey);
    const carriers = new DomainSums({ column, countOn }, this.#table.live);
    counting = true;
    const carried = { ...term, key, demand, weight, carriers };
    this.#terms.set(key, carried);
    this.#index(carried).add(carried, term.tags);
    this.#table.sums.add(carriers);
    return carried;
  }

  #carriersOn(row: number, key: string): number {
    let sum = 0;
    for (const pod of this.#table.pods(row).values()) {
      for (const other of carriedBy(pod, this.#table)) if (other.key === key) sum++;
    }
    return sum;
  }

  #dropIdle(): void {
    if (this.#idle.size < maxIdle) return;
    for (const key of this.#idle) {
      const term = this.#terms.get(key);
      this.#terms.delete(key);
      this.#pods.delete(key);
      if (term === undefined) continue;
      this.#index(term).delete(term, term.tags);
      this.#table.sums.delete(term.carriers);
    }
    this.#idle.clear();
  }

  #index({ demand }: { readonly demand: Demand }): TagIndex<CarriedTerm> {
    return demand === 'forbids' ? this.#forbidding : this.#wishing;
  }
}

function carriedBy(pod: PodInfo, table: NodeTable): readonly Carried[] {
  const terms = termsOf(pod, table);
  if (terms === noTerms) return nothing;
  const known = ofPod.get(pod);
  if (known !== undefined) return known;
  const carried = (term: Term, demand: Demand, weight: number): Carried => ({
    key: `${demand} ${weight} ${term.topologyKey} ${term.key}`,
    term,
    demand,
    weight,
  });
  const all = [
    ...terms.apart.map((term) => carried(term, 'forbids', 0)),
    ...terms.near.map((term) => carried(term, 'requires', 0)),
    ...terms.wishes.map((wish) => carried(wish, 'wishes', wish.weight)),
  ];
  ofPod.set(pod, all);
  return all;
}

function matching(index: TagIndex<CarriedTerm>, pod: PodInfo): readonly CarriedTerm[] {
  const found: CarriedTerm[] = [];
  index.visit(pod.tags, (term) => {
    if (term.matches(pod)) found.push(term);
  });
  return found;
}

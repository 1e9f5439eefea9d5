/**
 * How fast pods are driven from lost nodes: one node of a zone every ten seconds. When most of a zone is lost at once its network
 * is to blame rather than its machines, and moving everything would only harm: then it goes ten times slower, and not at all where
 * the zone is small. A zone that is lost altogether is left at the usual pace, as the others can take its pods; when no zone is
 * well nothing is driven away (plan.ts).
 */
import type { Node } from '../../api/groups/core.v1.ts';
import { isReady } from './plan.ts';

/** A zone in which more than two nodes and this share of them are lost is disrupted. */
const unhealthyShare = 0.55;
const lostMin = 2;
const largeZone = 50;
const paceMs = 10_000;
const slowPaceMs = 100_000;
/** Counting all nodes takes a while in a large cluster. */
const censusMs = 1000;

interface Census {
  readonly atMs: number;
  readonly paces: ReadonlyMap<string, number>;
}

export function zoneOf({ metadata: { labels = {} } }: Node): string {
  const region = labels['topology.kubernetes.io/region'] ?? '';
  const zone = labels['topology.kubernetes.io/zone'] ?? '';
  return region === '' && zone === '' ? '' : `${region} ${zone}`;
}

/** Milliseconds between two nodes that pods are driven from, by zone; Infinity = none. */
export function planPaces(nodes: readonly Node[]): ReadonlyMap<string, number> {
  const zones = new Map<string, { all: number; lost: number }>();
  for (const node of nodes) {
    const counts = zones.get(zoneOf(node)) ?? { all: 0, lost: 0 };
    zones.set(zoneOf(node), { all: counts.all + 1, lost: counts.lost + (isReady(node) ? 0 : 1) });
  }
  return new Map([...zones].map(([zone, { all, lost }]) => [zone, paceOf(all, lost)]));
}

function paceOf(all: number, lost: number): number {
  const disrupted = lost < all && lost > lostMin && lost / all >= unhealthyShare;
  if (!disrupted) return paceMs;
  return all > largeZone ? slowPaceMs : Infinity;
}

/** Gives leave to drive the pods from one node after the other. */
export class Evictions {
  readonly #lastMs = new Map<string, number>();
  #census: Census = { atMs: -Infinity, paces: new Map() };

  /** @param nodes all there are; read at most once a second. */
  mayDrive(node: Node, nodes: () => readonly Node[], nowMs: number): boolean {
    if (nowMs >= this.#census.atMs + censusMs) this.#census = { atMs: nowMs, paces: planPaces(nodes()) };
    const zone = zoneOf(node);
    const pace = this.#census.paces.get(zone) ?? paceMs;
    if (pace === Infinity || nowMs < (this.#lastMs.get(zone) ?? -Infinity) + pace) return false;
    this.#lastMs.set(zone, nowMs);
    return true;
  }
}

/**
 * Which zone each endpoint should serve, so that traffic stays near and yet no zone has more than its share (topology-mode
 * Auto): a zone gets endpoints in proportion to the processors of its nodes. Endpoints serve their own zone; those of zones with
 * too many are lent to zones with too few. Where a zone would be overloaded by a fifth, nobody gets hints. https://kep.k8s.io/2433
 */
import type { Node, Service } from '../../api/groups/core.v1.ts';
import type { Endpoint } from '../../api/groups/discovery.v1.ts';
import { parseQuantity, quantityToMilli } from '../../api/quantity.ts';
import { findCondition } from '../condition.ts';
import type { SliceGroup } from '../slice-groups.ts';

const overload = 0.2;
const modeAnnotation = 'service.kubernetes.io/topology-mode';
const oldAnnotation = 'service.kubernetes.io/topology-aware-hints';
const zoneLabel = 'topology.kubernetes.io/zone';
const excludedLabels = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'];

export function wantsTopologyHints({ metadata }: Service): boolean {
  const mode = metadata.annotations?.[oldAnnotation] ?? metadata.annotations?.[modeAnnotation];
  return mode === 'Auto' || mode === 'auto';
}

/** Zone → its share of all processors; undefined when nodes do not tell enough, or are all in one zone. */
export function zoneShares(nodes: readonly Node[]): ReadonlyMap<string, number> | undefined {
  const byZone = new Map<string, number>();
  let total = 0;
  for (const { metadata, status } of nodes) {
    const isExcluded = excludedLabels.some((label) => metadata.labels?.[label] !== undefined);
    if (isExcluded || findCondition(status.conditions, 'Ready')?.status !== 'True') continue;
    const zone = metadata.labels?.[zoneLabel] ?? '';
    const milli = quantityToMilli(parseQuantity(status.allocatable?.['cpu'] ?? '0'));
    if (zone === '' || milli === 0) return undefined;
    byZone.set(zone, (byZone.get(zone) ?? 0) + milli);
    total += milli;
  }
  if (byZone.size < 2) return undefined;
  return new Map([...byZone].map(([zone, milli]) => [zone, milli / total]));
}

export type Hinted =
  | { readonly ok: true; readonly groups: readonly SliceGroup[] }
  /** Without hints, and why. */
  | { readonly ok: false; readonly groups: readonly SliceGroup[]; readonly why: string };

/** The groups of one address family. */
export function withTopologyHints(
  groups: readonly SliceGroup[],
  shares: ReadonlyMap<string, number> | undefined,
): Hinted {
  const ready = groups.flatMap(({ endpoints }) => endpoints).filter(({ conditions }) => conditions.ready === true);
  const refuse = (why: string): Hinted => ({ ok: false, groups, why });
  if (shares === undefined) {
    return refuse('Insufficient Node information: allocatable CPU or zone not specified on one or more nodes');
  }
  const counts = `(${ready.length} endpoints, ${shares.size} zones)`;
  if (shares.size > ready.length) return refuse(`Insufficient number of endpoints ${counts}`);
  const wanted = wantedByZone(shares, ready.length);
  if (wanted === undefined) {
    return refuse(
      `Unable to allocate minimum required endpoints to each zone without exceeding overload threshold ${counts}`,
    );
  }
  if (ready.some(({ zone }) => (zone ?? '') === '')) {
    return refuse('One or more endpoints do not have a zone specified');
  }
  const zones = assign(ready, wanted);
  const hinted = groups.map((group) => ({
    ...group,
    endpoints: group.endpoints.map((endpoint) => {
      const name = zones.get(endpoint);
      return name === undefined ? endpoint : { ...endpoint, hints: { forZones: [{ name }] } };
    }),
  }));
  return { ok: true, groups: hinted };
}

/** Undefined when the least that each zone needs is more than there is. */
function wantedByZone(shares: ReadonlyMap<string, number>, count: number): ReadonlyMap<string, number> | undefined {
  const wanted = new Map<string, number>();
  let left = count;
  for (const [zone, share] of shares) {
    const least = Math.ceil((share * count) / (1 + overload));
    wanted.set(zone, Math.max(share * count, least));
    left -= least;
  }
  return left < 0 ? undefined : wanted;
}

function assign(ready: readonly Endpoint[], wanted: ReadonlyMap<string, number>): ReadonlyMap<Endpoint, string> {
  const zones = new Map(ready.map((endpoint) => [endpoint, endpoint.zone ?? '']));
  const { giving, receiving } = moves(ready, wanted);
  for (const endpoint of ready) {
    const from = endpoint.zone ?? '';
    const [to] = receiving.keys();
    if (to === undefined) break;
    if (!giving.has(from)) continue;
    zones.set(endpoint, to);
    decrease(giving, from);
    decrease(receiving, to);
  }
  return zones;
}

function decrease(counts: Map<string, number>, zone: string): void {
  const count = (counts.get(zone) ?? 0) - 1;
  if (count > 0) counts.set(zone, count);
  else counts.delete(zone);
}

/** How many endpoints zones lend to others, and how many zones get. */
function moves(ready: readonly Endpoint[], wanted: ReadonlyMap<string, number>) {
  const held = Map.groupBy(ready, ({ zone }) => zone ?? '');
  const surplus = new Map([...wanted].map(([zone, count]) => [zone, (held.get(zone)?.length ?? 0) - count]));
  const lack = new Map([...surplus].map(([zone, count]) => [zone, -count]));
  const giving = new Map<string, number>();
  const receiving = new Map<string, number>();
  for (;;) {
    const [from, spare] = most(surplus);
    const [to, needed] = most(lack);
    if ((spare < 1 && needed < 1) || spare < 0.5 || needed < 0.5) return { giving, receiving };
    giving.set(from, (giving.get(from) ?? 0) + 1);
    receiving.set(to, (receiving.get(to) ?? 0) + 1);
    surplus.set(from, spare - 1);
    lack.set(to, needed - 1);
  }
}

/** Of equals the first by name. */
function most(counts: ReadonlyMap<string, number>): readonly [string, number] {
  const sorted = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  return sorted[0] ?? ['', 0];
}

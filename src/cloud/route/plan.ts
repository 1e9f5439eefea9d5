/**
 * Which routes the cloud's network needs so that pods of different nodes reach each other: one a node and range of its pods.
 * Of the routes there are, only those within the ranges of the cluster's pods are ours to remove.
 */
import { BlockList, isIPv4 } from 'node:net';
import type { Node } from '../../api/groups/core.v1.ts';
import type { Route } from '../provider.ts';

export interface RoutePlan {
  readonly remove: readonly Route[];
  readonly create: readonly { readonly node: Node; readonly destination: string }[];
}

export function planRoutes(
  nodes: readonly Node[],
  routes: readonly Route[],
  clusterRanges: readonly string[],
): RoutePlan {
  const wanted = new Map(
    nodes
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .flatMap((node) =>
        podRanges(node).map((destination) => [routeKey(node.metadata.name, destination), { node, destination }]),
      ),
  );
  const there = new Set(routes.map(({ nodeName, destination }) => routeKey(nodeName ?? '', destination)));
  return {
    remove: routes.filter(
      ({ nodeName, destination }) =>
        !wanted.has(routeKey(nodeName ?? '', destination)) &&
        clusterRanges.some((range) => contains(range, destination)),
    ),
    create: [...wanted].filter(([key]) => !there.has(key)).map(([, route]) => route),
  };
}

export function podRanges({ spec }: Node): readonly string[] {
  if (spec.podCIDRs !== undefined && spec.podCIDRs.length > 0) return spec.podCIDRs;
  return spec.podCIDR === undefined || spec.podCIDR === '' ? [] : [spec.podCIDR];
}

export interface NetworkCondition {
  readonly type: 'NetworkUnavailable';
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

/** Undefined: the node says so already. */
export function networkCondition(node: Node, isReached: boolean): NetworkCondition | undefined {
  const status = isReached ? 'False' : 'True';
  const current = node.status.conditions?.find(({ type }) => type === 'NetworkUnavailable');
  if (current?.status === status) return undefined;
  const type = 'NetworkUnavailable';
  return isReached
    ? { type, status, reason: 'RouteCreated', message: 'RouteController created a route' }
    : { type, status, reason: 'NoRouteCreated', message: 'RouteController failed to create a route' };
}

function routeKey(nodeName: string, destination: string): string {
  return `${nodeName} ${destination}`;
}

function contains(range: string, destination: string): boolean {
  const [network = '', prefix = ''] = range.split('/');
  const [address = ''] = destination.split('/');
  const family = isIPv4(network) ? 'ipv4' : 'ipv6';
  if (isIPv4(network) !== isIPv4(address)) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(prefix), family);
  return list.check(address, family);
}

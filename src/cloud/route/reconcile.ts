/**
 * The route controller: keeps the cloud's routes in step with the nodes' pod ranges, and tells of each node whether its pods
 * can be reached. One key for all: networks are changed one step after the other anyhow.
 */
import type { Node } from '../../api/groups/core.v1.ts';
import { Nodes } from '../../api/resources.ts';
import { formatTime } from '../../api/time.ts';
import type { JsonObject } from '../../api/schema.ts';
import { errorText } from '../../base/log.ts';
import type { Controller, Run } from '../../client/controller.ts';
import type { Routes } from '../provider.ts';
import { networkCondition, planRoutes, podRanges } from './plan.ts';

/** How long a change in the cloud may stay unseen; upstream looks every 10 s, which costs requests that clouds count. */
const periodMs = 30_000;
/** Nodes that come together are looked at together. */
const gatherMs = 500;

export interface RouteControllerOptions {
  /** Ranges of all pods (--cluster-cidr): routes within them are the cluster's. */
  readonly clusterRanges: readonly string[];
}

export function routeController(routes: Routes, { clusterRanges }: RouteControllerOptions): Controller {
  return {
    name: 'route_controller',
    alias: 'route',
    workers: 1,
    backoff: { baseMs: 1000, maxMs: periodMs, jitter: 0.2 },
    start({ informer, enqueue }) {
      const nodes = informer(Nodes);
      nodes.onChange((change) => {
        const isSame = change.type === 'updated' && routedText(change.previous) === routedText(change.object);
        if (!isSame) enqueue('routes', gatherMs);
      });
      return async (_key, run) => {
        await reconcileRoutes(routes, nodes.list(), clusterRanges, run);
        return { afterMs: periodMs };
      };
    },
  };
}

/** All that a route depends on. */
function routedText({ metadata, spec, status }: Node): string {
  const addresses = (status.addresses ?? []).map(({ type, address }) => `${type}=${address}`);
  return JSON.stringify([
    metadata.uid,
    metadata.deletionTimestamp,
    spec.providerID,
    spec.podCIDRs,
    spec.podCIDR,
    addresses,
  ]);
}

async function reconcileRoutes(
  routes: Routes,
  nodes: readonly Node[],
  clusterRanges: readonly string[],
  run: Run,
): Promise<void> {
  const { remove, create } = planRoutes(nodes, await routes.list(nodes, run.signal), clusterRanges);
  const failures: unknown[] = [];
  for (const route of remove) {
    await routes.remove(route, run.signal).catch((error: unknown) => failures.push(error));
  }
  const unreached = new Set<string>();
  for (const { node, destination } of create) {
    try {
      await routes.create(node, destination, run.signal);
    } catch (error) {
      failures.push(error);
      unreached.add(node.metadata.name);
      const message = `Could not create route ${node.metadata.uid} ${destination} for node ${node.metadata.name}: ${errorText(error)}`;
      if (!run.signal.aborted) run.note(node, { type: 'Warning', reason: 'FailedToCreateRoute', message });
    }
  }
  if (run.signal.aborted) return;
  for (const node of nodes) {
    const isReached = podRanges(node).length > 0 && !unreached.has(node.metadata.name);
    await tellCondition(node, isReached, run);
  }
  if (failures.length > 0) throw new Error(failures.map(errorText).join('; '));
}

/** Of the conditions this one alone: the others are the kubelet's. */
async function tellCondition(node: Node, isReached: boolean, { client, nowMs }: Run): Promise<void> {
  const condition = networkCondition(node, isReached);
  if (condition === undefined) return;
  const time = formatTime(nowMs);
  const conditions = [{ ...condition, lastHeartbeatTime: time, lastTransitionTime: time }];
  const value = { status: { conditions } } as unknown as JsonObject;
  await client.patch(Nodes, { name: node.metadata.name }, { type: 'strategic', value }, { subresource: 'status' });
}

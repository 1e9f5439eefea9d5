/**
 * Looks over all pods from time to time, under one key. A node must have been missing for a while, and be missing still when the
 * server is asked, before its pods count as lost.
 */
import { isApiError } from '../../api/api-error.ts';
import type { Node, Pod } from '../../api/groups/core.v1.ts';
import { Nodes, Pods } from '../../api/resources.ts';
import type { Informer } from '../../client/informer.ts';
import type { Controller, Run } from '../controller.ts';
import { markDisrupted } from '../disruption-target.ts';
import { planGarbage, type Garbage } from './plan.ts';

const sweep = 'sweep';
const sweepMs = 20_000;
const missingMs = 40_000;

export const podGarbageController: Controller = {
  name: 'pod-garbage-collector-controller',
  alias: 'podgc',
  workers: 1,
  start({ informer, enqueue }) {
    const nodes = informer(Nodes);
    const pods = informer(Pods);
    const missingSinceMs = new Map<string, number>();
    enqueue(sweep);
    return async (_, run) => {
      const known = new Map(nodes.list().map((node) => [node.metadata.name, node]));
      const gone = await goneNodes(pods, known, missingSinceMs, run);
      for (const garbage of planGarbage({ pods: pods.list(), nodes: known, gone })) await remove(run, garbage);
      return { afterMs: sweepMs };
    };
  },
};

async function goneNodes(
  pods: Informer<Pod>,
  known: ReadonlyMap<string, Node>,
  missingSinceMs: Map<string, number>,
  run: Run,
): Promise<ReadonlySet<string>> {
  const named = new Set(pods.list().flatMap(({ spec }) => (spec.nodeName === undefined ? [] : [spec.nodeName])));
  for (const name of missingSinceMs.keys()) if (known.has(name) || !named.has(name)) missingSinceMs.delete(name);
  const gone = new Set<string>();
  for (const name of named) {
    if (known.has(name)) continue;
    const sinceMs = missingSinceMs.get(name) ?? run.nowMs;
    missingSinceMs.set(name, sinceMs);
    if (run.nowMs - sinceMs < missingMs) continue;
    if ((await run.client.find(Nodes, { name })) === undefined) gone.add(name);
  }
  return gone;
}

async function remove(run: Run, { pod, disruption }: Garbage): Promise<void> {
  try {
    if (disruption !== undefined) await markDisrupted(run, pod, disruption);
    await run.client.delete(Pods, pod.metadata, { uid: pod.metadata.uid, gracePeriodSeconds: 0 });
  } catch (error) {
    if (!isApiError(error, 'NotFound', 'Conflict')) throw error;
  }
}

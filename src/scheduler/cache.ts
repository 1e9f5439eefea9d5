/**
 * Which pods are on which node, as far as the scheduler knows: what the API said, and what it has decided itself since.
 *
 * A pod that was given a node is *assumed* there at once, so that the next decision counts it while its binding is still
 * on the way. The API's word confirms it or puts it right; a binding that failed makes it forgotten.
 */
import type { Node, Pod } from '../api/groups/core.v1.ts';
import { equalJson } from './equal-json.ts';
import type { ClusterChange, ClusterEvent } from './framework.ts';
import type { NodeTable } from './node-table.ts';
import { podRequests } from './pod-requests.ts';
import { podInfo, type PodInfo } from './pod-info.ts';

interface Placed {
  readonly info: PodInfo;
  readonly nodeName: string;
  readonly assumed: boolean;
}

export class SchedulerCache {
  readonly table: NodeTable;
  readonly #placed = new Map<string, Placed>();

  constructor(table: NodeTable) {
    this.table = table;
  }

  /** What changed that may let refused pods fit. */
  setNode(node: Node): readonly ClusterEvent[] {
    const row = this.table.row(node.metadata.name);
    const previousNode = row === undefined ? undefined : this.table.node(row);
    const changes = previousNode === undefined ? (['node added'] as const) : nodeChanges(previousNode, node);
    // Heartbeats and the like do not make a new row version.
    if (changes.length > 0) this.table.setNode(node);
    else if (row !== undefined) this.table.images.set(row, node.status.images ?? []);
    return changes.map((change) => ({ change, node, previousNode }));
  }

  /** What changed that may let refused pods fit. */
  removeNode(node: Node): readonly ClusterEvent[] {
    this.table.removeNode(node.metadata.name);
    return [{ change: 'node deleted', previousNode: node }];
  }

  /** The pod has a node by the API's word. What changed that may let refused pods fit. */
  setPod(pod: Pod): readonly ClusterEvent[] {
    const { uid } = pod.metadata;
    const known = this.#placed.get(uid);
    const nodeName = pod.spec.nodeName ?? '';
    if (known?.nodeName === nodeName && countsAlike(known.info, pod)) {
      const info = { ...known.info, pod };
      this.table.replacePod(known.info, info, nodeName);
      this.#placed.set(uid, { info, nodeName, assumed: false });
      return known.assumed ? [{ change: 'pod assigned', pod: info }] : [];
    }
    const info = podInfo(pod);
    this.#remove(uid);
    this.#place(info, nodeName, false);
    if (known === undefined || known.assumed) return [{ change: 'pod assigned', pod: info }];
    return equalJson([...known.info.requests], [...info.requests]) && equalJson(known.info.labels, info.labels)
      ? []
      : [{ change: 'assigned pod changed', pod: info, previousPod: known.info }];
  }

  /** The pod was deleted or has ended. What changed that may let refused pods fit. */
  removePod(uid: string): readonly ClusterEvent[] {
    const placed = this.#placed.get(uid);
    if (placed === undefined) return [];
    this.#remove(uid);
    return [{ change: 'assigned pod deleted', pod: placed.info }];
  }

  /** How many pods have a node, and how many of them only by our own decision. */
  sizes(): { readonly pods: number; readonly assumed: number } {
    let assumed = 0;
    for (const placed of this.#placed.values()) if (placed.assumed) assumed++;
    return { pods: this.#placed.size, assumed };
  }

  has(uid: string): boolean {
    return this.#placed.has(uid);
  }

  assume(info: PodInfo, nodeName: string): void {
    this.#remove(info.uid);
    this.#place(info, nodeName, true);
  }

  /** Takes back `assume`, unless the API has confirmed it meanwhile. What changed that may let refused pods fit. */
  forget(uid: string): readonly ClusterEvent[] {
    return this.#placed.get(uid)?.assumed === true ? this.removePod(uid) : [];
  }

  #place(info: PodInfo, nodeName: string, assumed: boolean): void {
    this.#placed.set(info.uid, { info, nodeName, assumed });
    this.table.addPod(info, nodeName);
  }

  #remove(uid: string): void {
    const placed = this.#placed.get(uid);
    if (placed === undefined) return;
    this.#placed.delete(uid);
    this.table.removePod(placed.info, placed.nodeName);
  }
}

/** All that is counted of a pod is the same: annotations, the node itself and most of the status are not. */
function countsAlike({ pod: a, requests }: PodInfo, b: Pod): boolean {
  const [{ nodeName: _, ...specOfA }, { nodeName: __, ...specOfB }] = [a.spec, b.spec];
  return (
    a.metadata.deletionTimestamp === b.metadata.deletionTimestamp &&
    equalJson(a.metadata.labels, b.metadata.labels) &&
    equalJson(a.metadata.ownerReferences, b.metadata.ownerReferences) &&
    equalJson(specOfA, specOfB) &&
    (b.status.containerStatuses === undefined ||
      equalJson(resourcesInEffect(a), resourcesInEffect(b)) ||
      equalJson([...requests], [...podRequests(b)]))
  );
}

/** What a resize changes beside the spec. */
function resourcesInEffect({ status }: Pod): readonly unknown[] {
  const { containerStatuses = [], initContainerStatuses = [], conditions = [] } = status;
  const pending = conditions.find(({ type }) => type === 'PodResizePending')?.reason ?? '';
  const amountsOf = ({ resources, allocatedResources }: Pick<Pod['status'], 'resources' | 'allocatedResources'>) => [
    resources?.requests ?? {},
    allocatedResources ?? {},
  ];
  return [pending, amountsOf(status), containerStatuses.map(amountsOf), initContainerStatuses.map(amountsOf)];
}

function nodeChanges(a: Node, b: Node): readonly ClusterChange[] {
  const changes: ClusterChange[] = [];
  if (!equalJson(a.status.allocatable, b.status.allocatable)) changes.push('node allocatable changed');
  if (!equalJson(a.metadata.labels, b.metadata.labels)) changes.push('node labels changed');
  if (!equalJson(a.spec.taints, b.spec.taints) || a.spec.unschedulable !== b.spec.unschedulable) {
    changes.push('node taints changed');
  }
  if (!equalJson(a.status.declaredFeatures, b.status.declaredFeatures)) changes.push('node features changed');
  return changes;
}

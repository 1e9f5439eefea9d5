/**
 * Which pods are on which node, as far as the scheduler knows: what the API said, and what it has decided itself since.
 *
 * A pod that was given a node is *assumed* there at once, so that the next decision counts it while its binding is still
 * on the way. The API's word confirms it or puts it right; a binding that failed makes it forgotten.
 */
import type { Node, Pod } from '../api/groups/core.v1.ts';
import type { ClusterChange } from './framework.ts';
import type { NodeTable } from './node-table.ts';
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
  setNode(node: Node): readonly ClusterChange[] {
    const row = this.table.row(node.metadata.name);
    const old = row === undefined ? undefined : this.table.node(row);
    if (row !== undefined && old !== undefined && !differsForPods(old, node)) {
      this.table.images.set(row, node.status.images ?? []);
      return [];
    }
    this.table.setNode(node);
    return old === undefined ? ['node added'] : nodeChanges(old, node);
  }

  removeNode(name: string): void {
    this.table.removeNode(name);
  }

  /** The pod has a node by the API's word. What changed that may let refused pods fit. */
  setPod(pod: Pod): readonly ClusterChange[] {
    const { uid } = pod.metadata;
    const known = this.#placed.get(uid);
    const info = podInfo(pod);
    this.#remove(uid);
    this.#place(info, pod.spec.nodeName ?? '', false);
    if (known === undefined || known.assumed) return ['pod assigned'];
    return same([...known.info.requests], [...info.requests]) && same(known.info.labels, info.labels)
      ? []
      : ['assigned pod changed'];
  }

  /** The pod was deleted or has ended. */
  removePod(uid: string): boolean {
    return this.#remove(uid);
  }

  has(uid: string): boolean {
    return this.#placed.has(uid);
  }

  assume(info: PodInfo, nodeName: string): void {
    this.#remove(info.uid);
    this.#place(info, nodeName, true);
  }

  /** Takes back `assume`, unless the API has confirmed it meanwhile. */
  forget(uid: string): void {
    if (this.#placed.get(uid)?.assumed === true) this.#remove(uid);
  }

  #place(info: PodInfo, nodeName: string, assumed: boolean): void {
    this.#placed.set(info.uid, { info, nodeName, assumed });
    this.table.addPod(info, nodeName);
  }

  #remove(uid: string): boolean {
    const placed = this.#placed.get(uid);
    if (placed === undefined) return false;
    this.#placed.delete(uid);
    this.table.removePod(placed.info, placed.nodeName);
    return true;
  }
}

/** Heartbeats and the like do not make a new row version. */
function differsForPods(a: Node, b: Node): boolean {
  return nodeChanges(a, b).length > 0;
}

function nodeChanges(a: Node, b: Node): readonly ClusterChange[] {
  const changes: ClusterChange[] = [];
  if (!same(a.status.allocatable, b.status.allocatable)) changes.push('node allocatable changed');
  if (!same(a.metadata.labels, b.metadata.labels)) changes.push('node labels changed');
  if (!same(a.spec.taints, b.spec.taints) || a.spec.unschedulable !== b.spec.unschedulable) {
    changes.push('node taints changed');
  }
  return changes;
}

function same(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

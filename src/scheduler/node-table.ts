/**
 * Nodes as columns: a node is a row number, and each thing that decisions compare for many nodes is one typed array.
 *
 *            cpu allocatable │ cpu requested │ … │ label topology.kubernetes.io/zone
 *   row 0         4000       │     1250      │   │  2   (number of the value, 0 = none)
 *   row 1         8000       │        0      │   │  1
 *
 * Rows of nodes that went are used again. A row may have pods but no node (its pods were seen first, or it was deleted
 * before them): such a row is not `live`. Invariant: `requested` is the sum over `pods` of the row.
 */
import type { Node } from '../api/groups/core.v1.ts';
import { Devices } from './devices.ts';
import type { DomainSums } from './domains.ts';
import { ImageIndex } from './image-index.ts';
import { kinByController, type Kinship } from './kinship.ts';
import { LabelColumn } from './label-column.ts';
import { amounts } from './pod-requests.ts';
import { PodCounts } from './pod-counts.ts';
import type { PodInfo } from './pod-info.ts';
import { Volumes } from './volumes.ts';

export interface ResourceColumn {
  readonly name: string;
  allocatable: Float64Array;
  requested: Float64Array;
}

const nobody: readonly PodInfo[] = [];

/** Told of each pod that comes to a row (+1) or leaves it (-1). */
export type PodObserver = (pod: PodInfo, row: number, delta: 1 | -1) => void;

type Labels = Readonly<Record<string, string>>;

const noPods: ReadonlyMap<string, PodInfo> = new Map();
const zoneLabel = 'topology.kubernetes.io/zone';

export class NodeTable {
  readonly #rows = new Map<string, number>();
  readonly #free: number[] = [];
  readonly #names: string[] = [];
  readonly #nodes: (Node | undefined)[] = [];
  readonly #pods: Map<string, PodInfo>[] = [];
  readonly #promised: (readonly PodInfo[] | undefined)[] = [];
  /** How many rows each pod was promised, by uid. */
  readonly #promises = new Map<string, number>();
  readonly #resources = new Map<string, ResourceColumn>();
  readonly #labels = new Map<string, LabelColumn>();
  readonly #observers: PodObserver[] = [];
  readonly #nodeObservers: ((row: number) => void)[] = [];
  readonly #namespaces = new Map<string, Labels>();
  readonly images = new ImageIndex();
  volumes = new Volumes();
  devices = new Devices();
  kinship: Kinship = kinByController;
  /** Pods by kind and topology domain. */
  readonly counts = new PodCounts(this);
  /** Other sums over nodes: told, like `counts`, of each change of a node. */
  readonly sums = new Set<DomainSums>();
  #capacity = 0;
  #live: Int32Array | undefined;
  #trying = false;
  /** By row: grows with each change of its node, its pods and whom it is promised to. What was derived from a row is known by this to be current. */
  versions = new Int32Array(0);
  /** How often any row changed; the rows of the latest changes, the nth at n modulo the length. */
  changes = 0;
  readonly latest = new Int32Array(1024);
  /** By row: taints that only make a node less welcome. */
  softTaints = new Int32Array(0);
  /** Nodes that have such. */
  softlyTainted = 0;
  /** Cpu and memory as scoring sees them; see PodInfo.scoring. */
  scoringCpu = new Float64Array(0);
  scoringMemory = new Float64Array(0);

  /** Rows are below this number. */
  get capacity(): number {
    return this.#capacity;
  }

  /** Rows that have a node, interleaved by zone, so that any stretch of them covers the zones evenly. */
  get live(): Int32Array {
    this.#live ??= this.#interleave();
    return this.#live;
  }

  row(name: string): number | undefined {
    return this.#rows.get(name);
  }

  name(row: number): string {
    return this.#names[row] ?? '';
  }

  node(row: number): Node | undefined {
    return this.#nodes[row];
  }

  pods(row: number): ReadonlyMap<string, PodInfo> {
    return this.#pods[row] ?? noPods;
  }

  /** The column of a resource; an unknown resource gets one of zeros. */
  resource(name: string): ResourceColumn {
    let column = this.#resources.get(name);
    if (column === undefined) {
      column = { name, allocatable: new Float64Array(this.#capacity), requested: new Float64Array(this.#capacity) };
      this.#resources.set(name, column);
    }
    return column;
  }

  /** For each row the number of its value of a label, 0 without it. */
  labelColumn(key: string): LabelColumn {
    let column = this.#labels.get(key);
    if (column === undefined) {
      column = new LabelColumn(key, this.#capacity);
      this.#labels.set(key, column);
      for (const [row, node] of this.#nodes.entries()) column.set(row, node);
    }
    return column;
  }

  /** The observer is told of the pods there are, too. */
  observePods(observer: PodObserver): void {
    for (const [row, pods] of this.#pods.entries()) for (const pod of pods.values()) observer(pod, row, 1);
    this.#observers.push(observer);
  }

  /** The observer is told of each row whose node came, changed or went. */
  observeNodes(observer: (row: number) => void): void {
    this.#nodeObservers.push(observer);
  }

  /** Labels of a namespace, by which pods choose the pods of others. */
  namespaceLabels(namespace: string): Labels {
    return this.#namespaces.get(namespace) ?? {};
  }

  setNamespace(namespace: string, labels: Labels | undefined): void {
    const old = this.#namespaces.get(namespace);
    if (labels === undefined) this.#namespaces.delete(namespace);
    else this.#namespaces.set(namespace, labels);
    if (JSON.stringify(old) !== JSON.stringify(labels)) this.counts.clear();
  }

  setNode(node: Node): number {
    const row = this.#ensureRow(node.metadata.name);
    const old = this.#nodes[row];
    this.#setNode(row, node);
    if (old === undefined || zone(old) !== zone(node)) this.#live = undefined;
    return row;
  }

  removeNode(name: string): void {
    const row = this.#rows.get(name);
    if (row === undefined) return;
    this.#setNode(row, undefined);
    this.#live = undefined;
    this.#release(row);
  }

  #setNode(row: number, node: Node | undefined): void {
    this.counts.leave(row);
    for (const sums of this.sums) sums.leave(row);
    this.#nodes[row] = node;
    this.#touch(row);
    this.images.set(row, node?.status.images ?? []);
    const allocatable = amounts(node?.status.allocatable);
    for (const name of allocatable.keys()) this.resource(name);
    for (const column of this.#resources.values()) column.allocatable[row] = allocatable.get(column.name) ?? 0;
    for (const column of this.#labels.values()) column.set(row, node);
    this.#setTaints(row, node);
    this.counts.enter(row);
    for (const sums of this.sums) sums.enter(row);
    for (const observer of this.#nodeObservers) observer(row);
  }

  #setTaints(row: number, node: Node | undefined): void {
    const old = this.softTaints[row] ?? 0;
    const soft = (node?.spec.taints ?? []).filter((taint) => taint.effect === 'PreferNoSchedule').length;
    this.softTaints[row] = soft;
    this.softlyTainted += Math.sign(soft) - Math.sign(old);
  }

  addPod(pod: PodInfo, nodeName: string): void {
    const row = this.#ensureRow(nodeName);
    this.#pods[row]?.set(pod.uid, pod);
    this.#account(pod, row, 1);
  }

  /** `pod` is what is known of `old` now; everything that is counted of them is the same. */
  replacePod(old: PodInfo, pod: PodInfo, nodeName: string): void {
    const row = this.#rows.get(nodeName);
    if (row === undefined || this.#pods[row]?.has(old.uid) !== true) return;
    this.#pods[row].set(pod.uid, pod);
    this.#touch(row);
  }

  removePod(pod: PodInfo, nodeName: string): void {
    const row = this.#rows.get(nodeName);
    if (row === undefined || this.#pods[row]?.delete(pod.uid) !== true) return;
    this.#account(pod, row, -1);
    this.#release(row);
  }

  /** Any pod was promised room on some row. */
  get hasPromises(): boolean {
    return this.#promises.size > 0;
  }

  /** The pod was promised room on some row. */
  isPromised(uid: string): boolean {
    return this.#promises.has(uid);
  }

  /** Pods that wait for room on the row. */
  promisedOn(row: number): readonly PodInfo[] {
    return this.#promised[row] ?? nobody;
  }

  promise(pod: PodInfo, nodeName: string): void {
    const row = this.#ensureRow(nodeName);
    this.#promised[row] = [...this.promisedOn(row), pod];
    this.#promises.set(pod.uid, (this.#promises.get(pod.uid) ?? 0) + 1);
    this.#touch(row);
  }

  takeBack(pod: PodInfo, nodeName: string): void {
    const row = this.#rows.get(nodeName);
    if (row === undefined) return;
    const left = this.promisedOn(row).filter((other) => other !== pod);
    this.#promised[row] = left.length === 0 ? undefined : left;
    const others = (this.#promises.get(pod.uid) ?? 0) - 1;
    if (others > 0) this.#promises.set(pod.uid, others);
    else this.#promises.delete(pod.uid);
    this.#touch(row);
    this.#release(row);
  }

  /** `work` puts pods on the row and takes some off, and leaves it as it was: that is no change. */
  tryOut<T>(row: number, work: () => T): T {
    const version = this.versions[row] ?? 0;
    const wasTrying = this.#trying;
    this.#trying = true;
    const result = work();
    this.#trying = wasTrying;
    this.versions[row] = version;
    return result;
  }

  #touch(row: number): void {
    change(this.versions, row, 1);
    if (!this.#trying) this.latest[this.changes++ % this.latest.length] = row;
  }

  #account(pod: PodInfo, row: number, delta: 1 | -1): void {
    this.#touch(row);
    for (const [name, value] of pod.requests) change(this.resource(name).requested, row, delta * value);
    change(this.resource('pods').requested, row, delta);
    change(this.scoringCpu, row, delta * pod.scoring.cpu);
    change(this.scoringMemory, row, delta * pod.scoring.memory);
    this.counts.change(pod, row, delta);
    for (const observer of this.#observers) observer(pod, row, delta);
  }

  #ensureRow(name: string): number {
    const known = this.#rows.get(name);
    if (known !== undefined) return known;
    const row = this.#free.pop() ?? this.#names.length;
    if (row >= this.#capacity) this.#grow(Math.max(16, this.#capacity * 2));
    this.#rows.set(name, row);
    this.#names[row] = name;
    this.#nodes[row] = undefined;
    this.#pods[row] = new Map();
    return row;
  }

  #release(row: number): void {
    if (this.#nodes[row] !== undefined || (this.#pods[row]?.size ?? 0) > 0 || this.#promised[row] !== undefined) return;
    this.#rows.delete(this.name(row));
    this.#names[row] = '';
    this.#free.push(row);
  }

  #grow(capacity: number): void {
    this.#capacity = capacity;
    this.versions = grownInt32(this.versions, capacity);
    this.softTaints = grownInt32(this.softTaints, capacity);
    this.scoringCpu = grownFloat64(this.scoringCpu, capacity);
    this.scoringMemory = grownFloat64(this.scoringMemory, capacity);
    for (const column of this.#resources.values()) {
      column.allocatable = grownFloat64(column.allocatable, capacity);
      column.requested = grownFloat64(column.requested, capacity);
    }
    for (const column of this.#labels.values()) column.grow(capacity);
  }

  #interleave(): Int32Array {
    const zones = new Map<string, number[]>();
    for (const row of this.#rows.values()) {
      const node = this.#nodes[row];
      if (node === undefined) continue;
      const rows = zones.get(zone(node));
      if (rows === undefined) zones.set(zone(node), [row]);
      else rows.push(row);
    }
    const lists = [...zones.values()];
    const longest = lists.reduce((most, list) => Math.max(most, list.length), 0);
    const live: number[] = [];
    for (let at = 0; at < longest; at++) {
      for (const list of lists) {
        const row = list[at];
        if (row !== undefined) live.push(row);
      }
    }
    return Int32Array.from(live);
  }
}

function change(column: Float64Array | Int32Array, row: number, by: number): void {
  column[row] = (column[row] ?? 0) + by;
}

function zone(node: Node): string {
  return node.metadata.labels?.[zoneLabel] ?? '';
}

function grownFloat64(old: Float64Array, capacity: number): Float64Array<ArrayBuffer> {
  const grown = new Float64Array(capacity);
  grown.set(old);
  return grown;
}

function grownInt32(old: Int32Array, capacity: number): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(capacity);
  grown.set(old);
  return grown;
}

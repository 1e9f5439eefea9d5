/** Pods that were promised room on a node, once the victims there are gone: decisions about other pods leave it to them. */
import type { NodeTable } from './node-table.ts';
import type { PodInfo } from './pod-info.ts';

export class Nominations {
  readonly #table: NodeTable;
  readonly #promises = new Map<string, { readonly pod: PodInfo; readonly nodeName: string }>();

  constructor(table: NodeTable) {
    this.#table = table;
  }

  /** `nodeName` undefined or empty: no promise any more. */
  set(pod: PodInfo, nodeName: string | undefined): void {
    this.remove(pod.uid);
    if (nodeName === undefined || nodeName === '') return;
    this.#promises.set(pod.uid, { pod, nodeName });
    this.#table.promise(pod, nodeName);
  }

  /** Whether there was a promise. */
  remove(uid: string): boolean {
    const promise = this.#promises.get(uid);
    if (promise === undefined) return false;
    this.#promises.delete(uid);
    this.#table.takeBack(promise.pod, promise.nodeName);
    return true;
  }

  on(nodeName: string): readonly PodInfo[] {
    return this.#table.promisedOn(this.#table.row(nodeName) ?? -1);
  }
}

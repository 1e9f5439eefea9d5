/** Pods that were promised room on a node, once the victims there are gone: by node, for decisions about other pods. */
import type { PodInfo } from './pod-info.ts';

export class Nominations {
  readonly #nodeOf = new Map<string, string>();
  readonly #podsOf = new Map<string, Map<string, PodInfo>>();

  get size(): number {
    return this.#nodeOf.size;
  }

  /** `nodeName` undefined: no promise any more. */
  set(info: PodInfo, nodeName: string | undefined): void {
    this.remove(info.uid);
    if (nodeName === undefined || nodeName === '') return;
    this.#nodeOf.set(info.uid, nodeName);
    const pods = this.#podsOf.get(nodeName) ?? new Map<string, PodInfo>();
    this.#podsOf.set(nodeName, pods.set(info.uid, info));
  }

  remove(uid: string): void {
    const nodeName = this.#nodeOf.get(uid);
    if (nodeName === undefined) return;
    this.#nodeOf.delete(uid);
    const pods = this.#podsOf.get(nodeName);
    pods?.delete(uid);
    if (pods?.size === 0) this.#podsOf.delete(nodeName);
  }

  on(nodeName: string): readonly PodInfo[] {
    const pods = this.#podsOf.get(nodeName);
    return pods === undefined ? [] : [...pods.values()];
  }
}

/**
 * Live watchers by what they watch, so that a change finds those that it concerns without asking the others.
 *
 *   one key                 byKey      /registry/leases/kube-system/x
 *   all below a folder      byFolder   /registry/pods/          looked up for each folder that a key lies in
 *   any other range         others     asked one by one; nobody in Kubernetes has such
 */
import { prefixEnd } from '../store.ts';

export interface KeyRange {
  readonly start: string;
  readonly end: string;
}

export class WatcherIndex<Watcher extends { readonly range: KeyRange }> {
  readonly #byKey = new Map<string, Set<Watcher>>();
  readonly #byFolder = new Map<string, Set<Watcher>>();
  readonly #others = new Set<Watcher>();

  add(watcher: Watcher): void {
    const map = this.#mapOf(watcher);
    const { start } = watcher.range;
    const beside = map?.get(start);
    if (map === undefined) this.#others.add(watcher);
    else if (beside === undefined) map.set(start, new Set([watcher]));
    else beside.add(watcher);
  }

  delete(watcher: Watcher): void {
    const map = this.#mapOf(watcher);
    if (map === undefined) return void this.#others.delete(watcher);
    const { start } = watcher.range;
    const beside = map.get(start);
    beside?.delete(watcher);
    if (beside?.size === 0) map.delete(start);
  }

  /** Calls back for each watcher in whose range the key is. */
  forEach(key: string, concerned: (watcher: Watcher) => void): void {
    this.#byKey.get(key)?.forEach(concerned);
    for (let slash = key.indexOf('/'); slash >= 0; slash = key.indexOf('/', slash + 1)) {
      this.#byFolder.get(key.slice(0, slash + 1))?.forEach(concerned);
    }
    for (const watcher of this.#others) {
      if (key >= watcher.range.start && key < watcher.range.end) concerned(watcher);
    }
  }

  #mapOf({ range: { start, end } }: Watcher): Map<string, Set<Watcher>> | undefined {
    if (end === `${start}\0`) return this.#byKey;
    return start.endsWith('/') && end === prefixEnd(start) ? this.#byFolder : undefined;
  }
}

/** The pods that are bound to a node, by index. */
import type { Pod } from '../api/groups/core.v1.ts';
import type { Informer } from '../client/informer.ts';

const byNode = 'nodeName';

export function indexByNode(pods: Informer<Pod>): void {
  pods.addIndexes({ [byNode]: ({ spec }) => (spec.nodeName === undefined ? [] : [spec.nodeName]) });
}

/** The informer must have been given to `indexByNode`. */
export function podsOnNode(pods: Informer<Pod>, name: string): readonly Pod[] {
  return pods.byIndex(byNode, name);
}

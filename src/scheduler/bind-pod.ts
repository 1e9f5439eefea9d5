/**
 * The way of a pod from "it goes there" to "it is there": permit, preBind, bind, postBind, one after the other for a pod,
 * side by side for many. Whatever fails on the way, what was reserved is given back in reverse order.
 */
import type { BindContext, Plugin } from './framework.ts';
import type { NodeTable } from './node-table.ts';
import type { PodInfo } from './pod-info.ts';

/** Reserves with every plugin; the answer gives everything back. */
export function reserve(plugins: readonly Plugin[], pod: PodInfo, nodeName: string, table: NodeTable): () => void {
  const undo: (() => void)[] = [];
  for (const plugin of plugins) {
    const back = plugin.reserve?.(pod, nodeName, table);
    if (back !== undefined) undo.push(back);
  }
  return () => {
    for (const back of undo.toReversed()) back();
  };
}

/** Rejects when the pod could not be bound. */
export async function bindPod(plugins: readonly Plugin[], context: BindContext): Promise<void> {
  for (const plugin of plugins) await plugin.permit?.(context);
  for (const plugin of plugins) await plugin.preBind?.(context);
  for (const plugin of plugins) {
    if ((await plugin.bind?.(context)) !== true) continue;
    for (const other of plugins) other.postBind?.(context);
    return;
  }
  throw new Error(`Cannot bind pod "${context.pod.metadata.name}": no plugin binds it`);
}

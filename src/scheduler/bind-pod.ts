/**
 * The way of a pod from "it goes there" to "it is there": permit and preBind, which may wait for long, then bind and
 * postBind; one after the other for a pod, side by side for many. Whatever fails on the way, what was reserved is given
 * back in reverse order.
 */
import type { BindContext, Plugin } from './framework.ts';
import type { NodeTable } from './node-table.ts';
import type { PodInfo } from './pod-info.ts';
import { Rejection } from './rejection.ts';

/** Reserves with every plugin; the answer gives everything back. */
export function reserve(plugins: readonly Plugin[], pod: PodInfo, nodeName: string, table: NodeTable): () => void {
  const undo: (() => void)[] = [];
  const giveBack = (): void => {
    for (const back of undo.toReversed()) back();
  };
  for (const plugin of plugins) {
    try {
      const back = plugin.reserve?.(pod, nodeName, table);
      if (back !== undefined) undo.push(back);
    } catch (error) {
      giveBack();
      throw inPlugin('Reserve', plugin, error);
    }
  }
  return giveBack;
}

/** Whether something must be done, or waited for, before the pod can be bound. */
export function needsPreparation(plugins: readonly Plugin[], pod: PodInfo): boolean {
  return plugins.some(
    ({ permit, preBind, preparesFor = () => true }) =>
      (permit !== undefined || preBind !== undefined) && preparesFor(pod),
  );
}

/** Resolves when the pod may be prepared. @throws Rejection, or Error that names the plugin. */
export async function permitPod(plugins: readonly Plugin[], context: BindContext): Promise<void> {
  for (const plugin of plugins) {
    await plugin.permit?.(context).catch((error: unknown) => Promise.reject(inPlugin('Permit', plugin, error)));
  }
}

/** Resolves when the pod may be bound. @throws Rejection, or Error that names the plugin. */
export async function preparePod(plugins: readonly Plugin[], context: BindContext): Promise<void> {
  for (const plugin of plugins) {
    await plugin.preBind?.(context).catch((error: unknown) => Promise.reject(inPlugin('PreBind', plugin, error)));
  }
}

/** @throws Rejection, or Error that names the plugin, when the pod could not be bound. */
export async function bindPod(plugins: readonly Plugin[], context: BindContext): Promise<void> {
  for (const plugin of plugins) {
    const bound = await plugin
      .bind?.(context)
      .catch((error: unknown) => Promise.reject(inPlugin('Bind', plugin, error)));
    if (bound !== true) continue;
    for (const other of plugins) other.postBind?.(context);
    return;
  }
  throw new Error(`Cannot bind pod "${context.pod.metadata.name}": no plugin binds it`);
}

function inPlugin(point: string, { name }: Plugin, error: unknown): Error {
  if (error instanceof Rejection) return error.by(name);
  const message = error instanceof Error ? error.message : String(error);
  return new Error(`running ${point} plugin "${name}": ${message}`, { cause: error });
}

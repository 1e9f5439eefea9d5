/**
 * The way of a pod from "it goes there" to "it is there": permit and preBind, which may wait for long, then bind and
 * postBind; one after the other for a pod, side by side for many. Whatever fails on the way, what was reserved is given
 * back in reverse order.
 */
import type { BindContext, Plugin } from './framework.ts';
import type { NodeTable } from './node-table.ts';
import type { PodInfo } from './pod-info.ts';
import { noProbe, type PluginStatus, type Probe } from './probe.ts';
import { Rejection } from './rejection.ts';

/** Where a pod goes. */
export interface Place {
  readonly nodeName: string;
  readonly table: NodeTable;
}

/** Reserves with every plugin; the answer gives everything back. */
export function reserve(plugins: readonly Plugin[], pod: PodInfo, place: Place, probe = noProbe): () => void {
  const { nodeName, table } = place;
  const undo: (() => void)[] = [];
  const giveBack = (): void => {
    for (const back of undo.toReversed()) back();
  };
  for (const plugin of plugins) {
    if (plugin.reserve === undefined) continue;
    const startedMs = probe.start();
    try {
      const back = plugin.reserve(pod, nodeName, table);
      if (back !== undefined) undo.push(back);
      probe.asked(plugin.name, 'Reserve', startedMs, 'Success');
    } catch (error) {
      probe.asked(plugin.name, 'Reserve', startedMs, failureStatus(error));
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
export async function permitPod(plugins: readonly Plugin[], context: BindContext, probe?: Probe): Promise<void> {
  for (const plugin of plugins) {
    const { permit } = plugin;
    if (permit !== undefined) await ask(plugin, 'Permit', () => permit(context), probe);
  }
}

/** Resolves when the pod may be bound. @throws Rejection, or Error that names the plugin. */
export async function preparePod(plugins: readonly Plugin[], context: BindContext, probe?: Probe): Promise<void> {
  for (const plugin of plugins) {
    const { preBind } = plugin;
    if (preBind !== undefined) await ask(plugin, 'PreBind', () => preBind(context), probe);
  }
}

/** @throws Rejection, or Error that names the plugin, when the pod could not be bound. */
export async function bindPod(plugins: readonly Plugin[], context: BindContext, probe?: Probe): Promise<void> {
  for (const plugin of plugins) {
    const { bind } = plugin;
    if (bind === undefined) continue;
    if (
      !(await ask(
        plugin,
        'Bind',
        () => bind(context),
        probe,
        (bound) => (bound ? 'Success' : 'Skip'),
      ))
    )
      continue;
    for (const other of plugins) other.postBind?.(context);
    return;
  }
  throw new Error(`Cannot bind pod "${context.pod.metadata.name}": no plugin binds it`);
}

async function ask<T>(
  plugin: Plugin,
  point: string,
  work: () => Promise<T>,
  probe = noProbe,
  statusOf: (answer: T) => PluginStatus = () => 'Success',
): Promise<T> {
  const startedMs = probe.start();
  try {
    const answer = await work();
    probe.asked(plugin.name, point, startedMs, statusOf(answer));
    return answer;
  } catch (error) {
    probe.asked(plugin.name, point, startedMs, failureStatus(error));
    throw inPlugin(point, plugin, error);
  }
}

function failureStatus(error: unknown): PluginStatus {
  return error instanceof Rejection ? 'Unschedulable' : 'Error';
}

function inPlugin(point: string, { name, isExtender = false }: Plugin, error: unknown): Error {
  if (error instanceof Rejection) {
    return new Rejection(error.message, { plugin: name, ofNode: point === 'Reserve' || point === 'Permit' });
  }
  const message = error instanceof Error ? error.message : String(error);
  if (isExtender) return new Error(message, { cause: error });
  return new Error(`running ${point} plugin "${name}": ${message}`, { cause: error });
}

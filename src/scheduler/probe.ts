/**
 * Who watches an attempt to give a pod a node: is told of the extension points that were passed and of each plugin that was
 * asked there. Reading the clock around every plugin would be felt, so a probe that only counts answers 0 to `start`.
 */

/** Upstream's names, as labels of metrics carry them. */
export type PointStatus = 'Success' | 'Unschedulable' | 'Error';
export type PluginStatus = PointStatus | 'Skip' | 'UnschedulableAndUnresolvable';

export interface Probe {
  /** All plugins of an extension point took so long. */
  passed(point: string, seconds: number, status: PointStatus): void;
  /** Before a plugin is asked; the answer is for `asked`. */
  start(): number;
  /** A plugin was asked about the pod, or about all nodes that were left for it. */
  asked(plugin: string, point: string, startedMs: number, status: PluginStatus): void;
}

export const noProbe: Probe = { passed: () => undefined, start: () => 0, asked: () => undefined };

/**
 * Whether a node is heard of, and what follows: its conditions turn Unknown when its kubelet has been silent for too long, and
 * taints say the same to the scheduler (NoSchedule) and to pods (NoExecute).
 *
 * When no node at all is ready, it is probably this side that cannot hear: then nothing is driven away.
 */
import type { Node, NodeCondition, Taint } from '../../api/groups/core.v1.ts';
import { formatTime } from '../../api/time.ts';
import { findCondition } from '../condition.ts';
import { timeMs } from '../time.ts';

/** Silence after which a node counts as lost. */
export const graceMs = 50_000;

export interface Observed {
  readonly node: Node;
  /** When the node's lease or heartbeat was last seen to change, by this side's clock. */
  readonly heardMs: number;
  /** Another node, or this one, is ready. */
  readonly anyReady: boolean;
  /** Its pods may be driven away now, if they are to be (zones.ts); asked when it matters. */
  readonly mayDrive: () => boolean;
  readonly nowMs: number;
}

const kubeletConditions = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'];
const prefix = 'node.kubernetes.io/';

/** Condition, its status, and the taint that it brings. */
const pressures: readonly (readonly [string, string])[] = [
  ['MemoryPressure', 'memory-pressure'],
  ['DiskPressure', 'disk-pressure'],
  ['NetworkUnavailable', 'network-unavailable'],
  ['PIDPressure', 'pid-pressure'],
];

const conditionKeys = new Set(
  ['not-ready', 'unreachable', 'unschedulable', ...pressures.map(([, key]) => key)].map((key) => prefix + key),
);

const lostKeys = new Set([`${prefix}not-ready`, `${prefix}unreachable`]);

/** The node's conditions when it has been silent for too long; undefined = they stand. */
export function planNodeConditions({ node, heardMs, nowMs }: Observed): readonly NodeCondition[] | undefined {
  if (nowMs < heardMs + graceMs) return undefined;
  const conditions = node.status.conditions ?? [];
  const time = formatTime(nowMs);
  const silent = kubeletConditions.map((type): NodeCondition => {
    const before = findCondition(conditions, type);
    if (before === undefined) {
      const reason = 'NodeStatusNeverUpdated';
      const message = 'Kubelet never posted node status.';
      const since = node.metadata.creationTimestamp;
      return { type, status: 'Unknown', reason, message, lastHeartbeatTime: since, lastTransitionTime: time };
    }
    if (before.status === 'Unknown') return before;
    const message = 'Kubelet stopped posting node status.';
    return { ...before, status: 'Unknown', reason: 'NodeStatusUnknown', message, lastTransitionTime: time };
  });
  const next = [...conditions.filter(({ type }) => !kubeletConditions.includes(type)), ...silent];
  return silent.every((one) => conditions.includes(one)) ? undefined : next;
}

/** The taints as they are to be; undefined = they stand. */
export function planTaints({ node, anyReady, mayDrive, nowMs }: Observed): readonly Taint[] | undefined {
  const taints = node.spec.taints ?? [];
  const wanted = wantedTaints(node, () => anyReady && (taints.some(drivesAway) || mayDrive()));
  const isOwn = ({ key, effect }: Taint) => conditionKeys.has(key) && effect !== 'PreferNoSchedule';
  const has = (list: readonly Taint[], one: Taint) => list.some((other) => sameTaint(one, other));
  const missing = wanted.filter((one) => !has(taints, one));
  const obsolete = taints.filter((one) => isOwn(one) && !has(wanted, one));
  if (missing.length === 0 && obsolete.length === 0) return undefined;
  const timeAdded = formatTime(nowMs);
  return [...taints.filter((one) => !obsolete.includes(one)), ...missing.map((one) => ({ ...one, timeAdded }))];
}

export const isReady = ({ status }: Node): boolean => findCondition(status.conditions, 'Ready')?.status === 'True';

/** What changes whenever the kubelet reports. */
export function heartbeatOf({ status }: Node): number | undefined {
  return timeMs(findCondition(status.conditions, 'Ready')?.lastHeartbeatTime);
}

function wantedTaints(node: Node, mayDrive: () => boolean): readonly Taint[] {
  const keys: string[] = [];
  const ready = findCondition(node.status.conditions, 'Ready')?.status;
  const lost = ready === 'True' ? undefined : ready === 'False' ? 'not-ready' : 'unreachable';
  // A node that has never reported is not ready, whatever the reason.
  const key = ready === undefined ? 'not-ready' : lost;
  if (key !== undefined) keys.push(key);
  for (const [type, pressure] of pressures) {
    if (findCondition(node.status.conditions, type)?.status === 'True') keys.push(pressure);
  }
  if (node.spec.unschedulable === true) keys.push('unschedulable');
  const noSchedule = keys.map((one) => ({ key: prefix + one, effect: 'NoSchedule' }));
  const drives = key !== undefined && ready !== undefined && mayDrive();
  return drives ? [...noSchedule, { key: prefix + key, effect: 'NoExecute' }] : noSchedule;
}

/** Whose pods are on their way already is not asked about again when the reason changes. */
const drivesAway = ({ key, effect }: Taint): boolean => effect === 'NoExecute' && lostKeys.has(key);

const sameTaint = (a: Taint, b: Taint): boolean => a.key === b.key && a.effect === b.effect;

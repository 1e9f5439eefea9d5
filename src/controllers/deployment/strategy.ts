/** How far a rollout may go above and below the wanted number of replicas. */
import type { Deployment } from '../../api/groups/apps.v1.ts';
import { scaledValue } from '../../api/int-or-string.ts';

export const wantedReplicas = (deployment: Deployment): number => deployment.spec.replicas ?? 1;

export const isRollingUpdate = (deployment: Deployment): boolean => deployment.spec.strategy.type !== 'Recreate';

export function maxSurge(deployment: Deployment): number {
  if (!isRollingUpdate(deployment)) return 0;
  return scaledValue(deployment.spec.strategy.rollingUpdate?.maxSurge ?? '25%', wantedReplicas(deployment), 'up');
}

/** At least 1 when nothing may surge, or the rollout could not move at all. */
export function maxUnavailable(deployment: Deployment): number {
  const replicas = wantedReplicas(deployment);
  if (!isRollingUpdate(deployment) || replicas === 0) return 0;
  const value = scaledValue(deployment.spec.strategy.rollingUpdate?.maxUnavailable ?? '25%', replicas, 'down');
  return Math.min(value === 0 && maxSurge(deployment) === 0 ? 1 : value, replicas);
}

/** Undefined: a rollout that stands still is never given up. */
export function progressDeadlineMs({ spec }: Deployment): number | undefined {
  const seconds = spec.progressDeadlineSeconds;
  return seconds === undefined || seconds === 2 ** 31 - 1 ? undefined : seconds * 1000;
}

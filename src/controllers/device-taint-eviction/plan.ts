/** When a pod must give up the devices that it uses, because their taints do not let it go on. https://kep.k8s.io/5055 */
import type { DeviceTaint, ResourceClaim, ResourceSlice } from '../../api/groups/resource.v1.ts';
import { toleratedUntilMs } from '../taints.ts';

/** Of a claim that pods use: 0 = now; undefined = they may go on. */
export function givesUpAtMs(
  { status }: ResourceClaim,
  slicesOf: (driver: string, pool: string) => readonly ResourceSlice[],
): number | undefined {
  const times = (status.allocation?.devices?.results ?? []).flatMap(({ driver, pool, device, tolerations = [] }) =>
    taintsOf(slicesOf(driver, pool), device)
      .filter(({ effect }) => effect === 'NoExecute')
      .map((taint) => toleratedUntilMs(tolerations, taint)),
  );
  const limited = times.filter((atMs) => atMs !== undefined);
  return limited.length === 0 ? undefined : Math.min(...limited);
}

/** Slices of older generations speak of devices as they were. */
function taintsOf(slices: readonly ResourceSlice[], device: string): readonly DeviceTaint[] {
  const newest = Math.max(...slices.map(({ spec }) => spec.pool.generation));
  return slices
    .filter(({ spec }) => spec.pool.generation === newest)
    .flatMap(({ spec }) => (spec.devices ?? []).filter(({ name }) => name === device))
    .flatMap(({ taints = [] }) => taints);
}

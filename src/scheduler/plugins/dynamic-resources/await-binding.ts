/**
 * Devices that must be made ready once their node is known, such as those that are attached over a network: their driver
 * tells by conditions in the claim's status, and the pod is bound when all are true. https://kep.k8s.io/5007
 */
import type { ResourceClaim } from '../../../api/groups/resource.v1.ts';
import { sleep } from '../../../base/clock.ts';
import type { BindContext } from '../../framework.ts';

export const defaultBindingTimeoutMs = 600_000;
const lookEveryMs = 1000;

/** Resolves when the claims' devices are ready. @throws Error when one cannot become so, or not in time */
export async function awaitBinding(
  { table, clock, signal, nodeName, tell }: BindContext,
  claims: readonly ResourceClaim[],
  timeoutMs: number,
): Promise<void> {
  const startedMs = clock.now();
  const waiting = claims.filter(({ status }) => hasConditions(status.allocation?.devices.results ?? []));
  if (waiting.length === 0) return;
  tell('BindingConditionsPending', `waiting for binding conditions for device on node ${nodeName}`);
  for (const { metadata } of waiting) {
    while (!isReady(table.devices.claim(metadata.namespace ?? '', metadata.name))) {
      if (signal.aborted) throw new Error(`claim ${metadata.name}: context canceled`);
      if (clock.now() - startedMs >= timeoutMs) throw new Error(`claim ${metadata.name} binding timeout`);
      await sleep(clock, lookEveryMs, signal);
    }
  }
}

type Results = NonNullable<NonNullable<ResourceClaim['status']['allocation']>['devices']['results']>;

function hasConditions(results: Results): boolean {
  return results.some(({ bindingConditions = [] }) => bindingConditions.length > 0);
}

/** @throws Error when a device cannot become ready */
function isReady(claim: ResourceClaim | undefined): boolean {
  if (claim === undefined) return false;
  const { allocation, devices = [] } = claim.status;
  return (allocation?.devices.results ?? []).every((result) => {
    const { bindingConditions = [], bindingFailureConditions = [] } = result;
    if (bindingConditions.length === 0) return true;
    const told = devices.find(
      ({ driver, pool, device, shareID }) =>
        driver === result.driver && pool === result.pool && device === result.device && shareID === result.shareID,
    );
    const trueCondition = (type: string) =>
      told?.conditions?.find((condition) => condition.type === type && condition.status === 'True');
    for (const type of bindingFailureConditions) {
      const failed = trueCondition(type);
      if (failed === undefined) continue;
      const why = `reason=${failed.reason}, message=${JSON.stringify(failed.message)}`;
      throw new Error(`claim ${claim.metadata.name} binding failed: ${why}`);
    }
    return bindingConditions.every((type) => trueCondition(type) !== undefined);
  });
}

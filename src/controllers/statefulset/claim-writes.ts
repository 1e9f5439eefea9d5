/** Sees to the owners of the claims of a StatefulSet's pods. */
import type { StatefulSet } from '../../api/groups/apps.v1.ts';
import type { PersistentVolumeClaim, Pod } from '../../api/groups/core.v1.ts';
import { PersistentVolumeClaims } from '../../api/resources.ts';
import type { Informer } from '../../client/informer.ts';
import type { Run } from '../controller.ts';
import { isLeaving, planRetention } from './claim-retention.ts';
import { claimsOf, ordinalOf, podName } from './stateful-pod.ts';

type ClaimCopies = Informer<PersistentVolumeClaim>;

export async function keepClaims(
  run: Run,
  copies: ClaimCopies,
  statefulSet: StatefulSet,
  pods: readonly Pod[],
): Promise<void> {
  const { deletionTimestamp, namespace } = statefulSet.metadata;
  if (deletionTimestamp !== undefined || (statefulSet.spec.volumeClaimTemplates ?? []).length === 0) return;
  for (const pod of pods) {
    const ordinal = ordinalOf(statefulSet, pod);
    if (ordinal === undefined) continue;
    for (const { metadata } of claimsOf(statefulSet, ordinal)) {
      const claim = copies.get(namespace, metadata?.name ?? '');
      if (claim === undefined || claim.metadata.deletionTimestamp !== undefined) continue;
      const givenUp = !hasPlace(statefulSet, ordinal);
      const { conflict, ownerReferences } = planRetention(claim, { statefulSet, pod, givenUp });
      if (conflict) noteConflict(run, statefulSet, claim);
      if (ownerReferences === undefined) continue;
      await run.client.update(PersistentVolumeClaims, { ...claim, metadata: { ...claim.metadata, ownerReferences } });
    }
  }
}

/** A claim of the place is about to go with the pod that had it. */
export function hasLeavingClaim(copies: ClaimCopies, statefulSet: StatefulSet, ordinal: number): boolean {
  if (statefulSet.spec.persistentVolumeClaimRetentionPolicy?.whenScaled !== 'Delete') return false;
  return claimsOf(statefulSet, ordinal).some(({ metadata }) => {
    const claim = copies.get(statefulSet.metadata.namespace, metadata?.name ?? '');
    return claim !== undefined && isLeaving(claim, podName(statefulSet, ordinal));
  });
}

export function hasPlace({ spec }: StatefulSet, ordinal: number): boolean {
  const start = spec.ordinals?.start ?? 0;
  return ordinal >= start && ordinal < start + (spec.replicas ?? 1);
}

function noteConflict(run: Run, statefulSet: StatefulSet, { metadata }: PersistentVolumeClaim): void {
  const why = 'has a conflicting OwnerReference that acts as a manging controller';
  const message = `PersistentVolumeClaim ${metadata.name} ${why}, the retention policy is ignored for this claim`;
  run.note(statefulSet, { type: 'Warning', reason: 'ConflictingController', message });
}

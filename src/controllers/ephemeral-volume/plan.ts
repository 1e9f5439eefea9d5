/** The claims of ephemeral volumes: each pod has its own, made from the template in the pod, and gone with the pod. */
import type { PersistentVolumeClaim, Pod } from '../../api/groups/core.v1.ts';
import { Pods, type PersistentVolumeClaims } from '../../api/resources.ts';
import { controllerReference, isControlledBy } from '../owner.ts';

type EphemeralClaim = NonNullable<(typeof PersistentVolumeClaims.kind)['input']>;

export type EphemeralPlan =
  | { readonly type: 'create'; readonly volume: string; readonly claim: EphemeralClaim }
  /** Somebody else's claim bears the name. */
  | { readonly type: 'conflict'; readonly volume: string; readonly message: string };

/** In the order of the pod's volumes, as far as the first conflict. A pod that is being deleted gets nothing more. */
export function planEphemeralClaims(
  pod: Pod,
  find: (name: string) => PersistentVolumeClaim | undefined,
): readonly EphemeralPlan[] {
  const { namespace, name, deletionTimestamp } = pod.metadata;
  if (deletionTimestamp !== undefined) return [];
  const plans: EphemeralPlan[] = [];
  for (const { name: volume, ephemeral } of pod.spec.volumes ?? []) {
    const template = ephemeral?.volumeClaimTemplate;
    if (template === undefined) continue;
    const claimName = `${name}-${volume}`;
    const known = find(claimName);
    if (known === undefined) {
      const { annotations, labels } = template.metadata;
      const own = {
        ...(annotations === undefined ? {} : { annotations }),
        ...(labels === undefined ? {} : { labels }),
      };
      const metadata = { ...own, name: claimName, namespace, ownerReferences: [controllerReference(Pods, pod)] };
      plans.push({ type: 'create', volume, claim: { metadata, spec: template.spec } });
    } else if (!isControlledBy(known, pod)) {
      const why = `was not created for pod ${namespace}/${name} (pod is not owner)`;
      plans.push({ type: 'conflict', volume, message: `PVC ${namespace}/${claimName} ${why}` });
      break;
    }
  }
  return plans;
}

/** The resource claims that a pod uses: those it names, and those that were made for it from templates. */
import type { Pod, PodResourceClaim } from '../../../api/groups/core.v1.ts';
import type { ResourceClaim } from '../../../api/groups/resource.v1.ts';
import type { Devices } from '../../devices.ts';

export type ReadResourceClaims =
  | { readonly type: 'refuse'; readonly message: string }
  | { readonly type: 'claims'; readonly claims: readonly ResourceClaim[] };

export function readResourceClaims(pod: Pod, devices: Devices): ReadResourceClaims {
  const claims: ResourceClaim[] = [];
  for (const entry of pod.spec.resourceClaims ?? []) {
    const { namespace, name: podName } = pod.metadata;
    const name = nameOf(pod, entry);
    if (name === '') return refuse(`pod "${namespace}/${podName}": ResourceClaim not created yet`);
    // A template may make no claim at all.
    if (name === undefined) continue;
    const claim = devices.claim(namespace, name);
    if (claim === undefined) return refuse(`resourceclaim "${name}" not found`);
    if (claim.metadata.deletionTimestamp !== undefined) return refuse(`resourceclaim "${name}" is being deleted`);
    if (entry.resourceClaimTemplateName !== undefined && !belongsTo(claim, pod)) {
      const said = `ResourceClaim ${namespace}/${name} was not created for pod ${namespace}/${podName}`;
      return refuse(`${said} (pod is not owner)`);
    }
    claims.push(claim);
  }
  return { type: 'claims', claims };
}

function refuse(message: string): ReadResourceClaims {
  return { type: 'refuse', message };
}

/** '': the claim is still to be made. Undefined: none is needed. */
function nameOf({ status }: Pod, { name, resourceClaimName, resourceClaimTemplateName }: PodResourceClaim) {
  if (resourceClaimName !== undefined) return resourceClaimName;
  if (resourceClaimTemplateName === undefined) return undefined;
  const made = status.resourceClaimStatuses?.find((entry) => entry.name === name);
  return made === undefined ? '' : made.resourceClaimName;
}

function belongsTo(claim: ResourceClaim, pod: Pod): boolean {
  return (claim.metadata.ownerReferences ?? []).some(
    ({ controller, uid }) => controller === true && uid === pod.metadata.uid,
  );
}

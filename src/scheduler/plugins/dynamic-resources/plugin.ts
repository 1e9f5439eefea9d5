/** Devices by resource claims are not allocated here: a pod that asks for them is refused with a clear word, never placed without. */
import type { Plugin } from '../../framework.ts';

export const dynamicResources: Plugin = {
  name: 'DynamicResources',
  helpedBy: ['pod changed'],
  preFilter({ pod }) {
    const claims = pod.spec.resourceClaims ?? [];
    if (claims.length === 0) return { type: 'skip' };
    const names = claims.map((claim) => `"${claim.name}"`).join(', ');
    return { type: 'refuse', message: `resource claims are not supported by this scheduler: ${names}` };
  },
  postFilter: () => ({ message: 'no new claims to deallocate' }),
};

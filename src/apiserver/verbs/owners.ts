/** Owner references that a client gave twice are kept once, and the client is told. */
import type { Draft } from '../../api/descriptor.ts';
import type { KubeObject } from '../../api/kind.ts';
import type { ApiRequest } from '../request.ts';

export function dropDoubledOwners(
  { metadata }: Draft<KubeObject>,
  { warn }: Pick<ApiRequest, 'warn'>,
  when: '' | ' after mutating admission happens' = '',
): void {
  const owners = metadata.ownerReferences ?? [];
  const kept = new Map<string, (typeof owners)[number]>();
  const doubled: string[] = [];
  for (const owner of owners) {
    const { apiVersion, kind, name, uid, controller, blockOwnerDeletion } = owner;
    const whole = JSON.stringify([apiVersion, kind, name, uid, controller, blockOwnerDeletion]);
    if (kept.has(whole)) doubled.push(uid);
    else kept.set(whole, owner);
  }
  if (doubled.length === 0) return;
  metadata.ownerReferences = [...kept.values()];
  warn(
    `.metadata.ownerReferences contains duplicate entries${when}; API server dedups owner references in 1.20+, and may ` +
      `reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ${doubled.join(', ')}`,
  );
}

/** The node's lease in kube-node-lease, renewed every 10 s: by it the node controller knows that the kubelet lives. */
import { isApiError } from '../../api/api-error.ts';
import { Leases, Nodes } from '../../api/resources.ts';
import { formatMicroTime } from '../../api/time.ts';
import { sleep } from '../../base/clock.ts';
import { errorText } from '../../base/log.ts';
import type { ComponentContext } from '../../client/component.ts';
import type { Lease } from '../../api/groups/coordination.v1.ts';

const leaseSeconds = 40;
const renewMs = 10_000;
const retryMs = 1000;
const namespace = 'kube-node-lease';

/** Runs until the signal aborts. */
export async function keepLease(
  { client, clock, log }: ComponentContext,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  let lease: Lease | undefined;
  while (!signal.aborted) {
    let delayMs = renewMs;
    try {
      lease = await renew(lease);
    } catch (error) {
      lease = undefined;
      if (signal.aborted) return;
      // The namespace comes with the cluster, maybe a moment later.
      if (!isApiError(error, 'Conflict', 'NotFound', 'Forbidden'))
        log.warn('Cannot renew the lease', { error: errorText(error) });
      delayMs = retryMs;
    }
    await sleep(clock, delayMs, signal);
  }

  async function renew(known: Lease | undefined): Promise<Lease> {
    const renewTime = formatMicroTime(clock.now());
    const spec = { holderIdentity: name, leaseDurationSeconds: leaseSeconds, renewTime };
    const current = known ?? (await client.find(Leases, { namespace, name }));
    if (current !== undefined) return client.update(Leases, { ...current, spec: { ...current.spec, ...spec } });
    const node = await client.get(Nodes, { name });
    const { uid } = node.metadata;
    const ownerReferences = [{ apiVersion: 'v1', kind: 'Node', name, uid }];
    return client.create(Leases, { metadata: { namespace, name, ownerReferences }, spec });
  }
}

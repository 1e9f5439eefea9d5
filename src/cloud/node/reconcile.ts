/** The cloud node controller: fills in what the cloud knows of a new node, and keeps addresses and labels up to date. */
import type { Node } from '../../api/groups/core.v1.ts';
import { Nodes } from '../../api/resources.ts';
import type { JsonObject } from '../../api/schema.ts';
import type { Controller, Run } from '../../client/controller.ts';
import type { Instances } from '../provider.ts';
import { isCloudNode } from '../node-lifecycle/plan.ts';
import { initializedTaints, isInitialized, planNode, type NodeChanges } from './plan.ts';

/** How long a change in the cloud may stay unseen. */
const refreshMs = 300_000;

export function cloudNodeController(instances: Instances): Controller {
  return {
    name: 'cloud-node-controller',
    alias: 'cloud-node',
    backoff: { baseMs: 1000, maxMs: refreshMs, jitter: 0.2 },
    start({ informer, enqueue }) {
      const nodes = informer(Nodes);
      nodes.onChange(({ type, object }) => {
        if (type === 'added' || (type === 'updated' && !isInitialized(object))) enqueue(object.metadata.name);
      });
      return async (name, run) => {
        const node = nodes.get(undefined, name);
        // A node that never waited for a cloud, and has none, is none of the cloud's.
        if (node === undefined || (isInitialized(node) && !isCloudNode(node))) return;
        const instance = await instances.find(node, run.signal);
        if (instance === undefined) {
          // The lifecycle controller removes nodes whose machine is gone; one that never had any waits for it.
          if (!isInitialized(node))
            throw new Error(`failed to get instance metadata: the cloud has no machine "${name}"`);
          return { afterMs: refreshMs };
        }
        await apply(node, planNode(node, instance), run);
        return { afterMs: refreshMs };
      };
    },
  };
}

/** Addresses first: with the taint gone, pods may come and ask for them. */
async function apply(node: Node, { addresses, labels, providerId, initialize }: NodeChanges, run: Run): Promise<void> {
  const ref = { name: node.metadata.name };
  let current = node;
  if (addresses !== undefined) {
    const value = { status: { addresses } } as unknown as JsonObject;
    current = await run.client.patch(Nodes, ref, { type: 'merge', value }, { subresource: 'status' });
  }
  if (Object.keys(labels).length > 0 || providerId !== undefined || initialize) {
    const { uid, resourceVersion } = current.metadata;
    const spec = {
      ...(providerId === undefined ? {} : { providerID: providerId }),
      ...(initialize ? { taints: initializedTaints(current) } : {}),
    };
    // Taints are others' too: the list is replaced in the version that was read and in no other.
    const value = { metadata: { uid, resourceVersion, labels }, spec } as unknown as JsonObject;
    await run.client.patch(Nodes, ref, { type: 'merge', value });
  }
  if (initialize) run.note(node, { type: 'Normal', reason: 'Synced', message: 'Node synced successfully' });
}
